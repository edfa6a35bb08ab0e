"""Lists on pages: conditions, pages by cursor, and their addresses."""
