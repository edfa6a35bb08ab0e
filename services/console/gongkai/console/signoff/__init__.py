"""签批 on pages."""
