"""业务系统 and their keys, on pages."""
