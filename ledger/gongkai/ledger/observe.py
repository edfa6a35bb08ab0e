"""What the ledger tells whoever watches it: how long appends took, what was sent, what is being applied.

This one does nothing; the runtime's measures and traces.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gongkai.ledger.delivery import Delivered


class Observer:
    """Called on the way of every command: nothing here may raise, wait, or look into a record's data."""

    def appended(self, log: str, seconds: float) -> None:
        """One command is durable, `seconds` after it joined the queue."""

    def committed(self, log: str, commands: int) -> None:
        """One transaction held so many commands."""

    def sent(self, topic: str, traces: Sequence[str | None], began: int) -> None:
        """Kafka has acknowledged these records. `began`: nanoseconds since the epoch, when the first was handed over."""

    @contextmanager
    def applying(self, subscription: str, batch: Sequence[Delivered]) -> Iterator[Sequence[Delivered]]:
        """Around handlers and reactions of one transaction. They get each record with the trace to go on with."""
        yield batch


NO_OBSERVER = Observer()
