"""What comes with the Python packages, so that everything runs on one machine: PostgreSQL and a broker."""

from gongkai.operate.embedded.broker import broker_command
from gongkai.operate.embedded.command import Command, EmbeddedFailed, free_port, is_free, wait_port
from gongkai.operate.embedded.postgres import Postgres
from gongkai.operate.embedded.witness_process import WitnessProcess

__all__ = [
    "Command",
    "EmbeddedFailed",
    "Postgres",
    "WitnessProcess",
    "broker_command",
    "free_port",
    "is_free",
    "wait_port",
]
