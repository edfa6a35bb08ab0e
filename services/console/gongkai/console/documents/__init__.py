"""公文 on pages: state, turn, evidence, history."""
