"""单位名录: units, their officers and assignments, and how a unit ends (SC-1.1, SC-A1.3)."""
