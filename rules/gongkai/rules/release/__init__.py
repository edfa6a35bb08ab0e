"""发布审查: what a release rests on, and what still stands in its way. Review decides by it, pages preview with it."""
