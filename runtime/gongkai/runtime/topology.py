"""Which logs there are, whose they are, and which log a stream goes to. The one place to change when logs are split."""

from gongkai.ledger.read import LogId

OWNERS = ("intake", "review", "publishing", "scoring")

LOGS: dict[str, LogId] = {owner: LogId(owner, owner) for owner in OWNERS}

REGISTER_LOGS: tuple[LogId, ...] = (LOGS["intake"],)


def logs_of(*services: str) -> tuple[LogId, ...]:
    """All logs that these services own."""
    return tuple(log for log in LOGS.values() if log.schema in services)


def log_for(service: str) -> LogId:
    """The log that a new event of this service goes to."""
    return LOGS[service]
