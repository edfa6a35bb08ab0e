"""拟稿 on pages."""
