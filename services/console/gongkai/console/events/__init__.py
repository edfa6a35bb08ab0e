"""审计轨迹: every event, with its clause."""
