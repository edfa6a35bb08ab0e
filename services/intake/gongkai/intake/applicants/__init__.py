"""申请人: erasure of what is personal (GT-register)."""
