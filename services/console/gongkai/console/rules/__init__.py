"""规则书 on a page."""
