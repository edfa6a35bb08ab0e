"""The language that everyone shares: events, vocabulary, clauses. Pure; imports pydantic only."""
