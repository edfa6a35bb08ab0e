"""Backup and restore of a whole deployment: records in one place, the keys of personal data in another."""
