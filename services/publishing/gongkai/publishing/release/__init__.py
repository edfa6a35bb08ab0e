"""发布: the gate, and the publication behind it (WY-B.3)."""
