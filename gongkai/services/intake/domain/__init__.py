"""受理: what decides about units, drafts and applications. Pure: one aggregate a file."""
