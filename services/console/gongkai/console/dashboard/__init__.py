"""概览: what is late, and where."""
