"""规则 and 工作日历 for the public."""
