"""报送: what agencies' systems handed in, on pages."""
