"""公文拟稿: texts, and drafts with their disclosure attribute (CX-6)."""
