"""考核 on pages."""
