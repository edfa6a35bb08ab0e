"""Hooks for metrics and tracing: durations of appends, records sent, records being applied."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gongkai.ledger.delivery import Delivered


class Observer:
    """Does nothing; a subclass measures and traces. Methods are called for every command: they must not raise, wait, or read
    a record's data.
    """

    def appended(self, log: str, seconds: float) -> None:
        """A command is durable, `seconds` after it was queued."""

    def committed(self, log: str, commands: int) -> None:
        """A transaction with that many commands was committed."""

    def sent(self, topic: str, traces: Sequence[str | None], began: int) -> None:
        """Kafka has acknowledged these records. `began`: when sending began, in nanoseconds since the epoch."""

    @contextmanager
    def applying(self, subscription: str, batch: Sequence[Delivered]) -> Iterator[Sequence[Delivered]]:
        """Wraps the handlers and reactions of one transaction, which get the yielded records: the same, with the trace context
        to continue.
        """
        yield batch


NO_OBSERVER = Observer()
