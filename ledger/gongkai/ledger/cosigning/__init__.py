"""A witness cosigns what the logs sign, if it continues what it saw before (C2SP tlog-witness)."""
