"""发布准许: whether a version may go out, decided on the reviews and consultations of this log (WY-B.4)."""
