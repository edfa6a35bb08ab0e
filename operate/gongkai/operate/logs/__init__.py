"""Work on a deployment's logs: verify, copy, replay, rebuild."""
