"""What comes with the Python packages, so that everything runs on one machine: PostgreSQL and a broker."""

from gongkai.cli.embedded.broker import broker_command
from gongkai.cli.embedded.command import Command, EmbeddedFailed, free_port, is_free, wait_port
from gongkai.cli.embedded.postgres import Postgres
from gongkai.cli.embedded.witness import WitnessHouse

__all__ = [
    "Command",
    "EmbeddedFailed",
    "Postgres",
    "WitnessHouse",
    "broker_command",
    "free_port",
    "is_free",
    "wait_port",
]
