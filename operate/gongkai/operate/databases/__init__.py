"""Databases, roles and migrations."""
