"""What an agency's system installs to talk to Gongkai: contracts and one HTTP client, nothing else."""

from gongkai.client.client import Answered, Client, Problem, Unreachable

__all__ = ["Answered", "Client", "Problem", "Unreachable"]
