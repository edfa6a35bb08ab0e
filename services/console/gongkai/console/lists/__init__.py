"""Lists on pages: what narrows them, and how they are paged."""
