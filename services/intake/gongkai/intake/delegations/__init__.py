"""委托代行: duties handed on during leave (SC-1.3)."""
