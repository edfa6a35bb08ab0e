"""What an agency's system installs to talk to Gongkai: contracts and one HTTP client, nothing else."""

from gongkai.client.client import Answered, Client, Problem, Unreachable
from gongkai.client.encode import Unfit
from gongkai.client.queue import Queue, Refusal, Tally
from gongkai.client.system import System

__all__ = ["Answered", "Client", "Problem", "Queue", "Refusal", "System", "Tally", "Unfit", "Unreachable"]
