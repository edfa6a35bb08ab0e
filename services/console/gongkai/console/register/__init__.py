"""单位名录 on pages."""
