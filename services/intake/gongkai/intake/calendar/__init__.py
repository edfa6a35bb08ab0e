"""法定节假日: the notices of the State Council (GT-count)."""
