"""发布: what decides about publication. Pure: the gate, and the aggregate behind it."""
