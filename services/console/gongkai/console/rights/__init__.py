"""权限表 on a page."""
