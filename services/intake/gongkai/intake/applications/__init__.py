"""依申请公开: received, answered, followed (GT-answer)."""
