"""业务系统: the agencies' systems that speak for a unit (SC-1.1)."""
