"""委托代行 on pages."""
