"""What the console's pages ask of its read models."""
