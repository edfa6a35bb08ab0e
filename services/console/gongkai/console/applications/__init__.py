"""依申请公开 on pages."""
