"""公开指南 and the other pages that rarely change."""
