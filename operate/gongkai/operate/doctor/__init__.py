"""What is unwell in a deployment, and what to do."""
