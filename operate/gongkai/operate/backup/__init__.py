"""Backup and restore of a whole deployment: records in one folder, the keys of personal data in another."""
