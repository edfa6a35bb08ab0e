"""Which log a service's events are in. The one place to change when logs are split."""

from gongkai.ledger.read import LogId


def log_for(service: str) -> LogId:
    """The log that a new event of this service goes to."""
    return LogId(service, service)


def logs_of(*services: str) -> tuple[LogId, ...]:
    """All logs that these services own."""
    return tuple(map(log_for, services))
