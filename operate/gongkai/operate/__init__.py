"""Operating a deployment: databases, processes, backup, doctor, and work on its logs."""
