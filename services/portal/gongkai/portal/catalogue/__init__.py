"""公开目录: documents found and read."""
