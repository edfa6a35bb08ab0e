"""The immutable log. It knows no word of the domain."""
