"""工作日历 on pages."""
