"""Processes of a deployment on one machine: started, watched, ended."""
