"""审查: what decides about secrecy reviews and consultations. Pure: one aggregate a file."""
