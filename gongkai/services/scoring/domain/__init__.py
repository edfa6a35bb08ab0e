"""考核: what decides about scores. Pure: one aggregate a file."""
