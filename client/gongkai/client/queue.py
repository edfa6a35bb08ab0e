"""An offline queue in a file: every queued event is sent at least once, whatever fails meanwhile.

At least once is enough: an event that is sent again is a duplicate. Events are sent in the order in which they were
queued, one batch at a time, so that the order within each case is kept. A refused event is moved aside with its
problem and blocks no other.
"""

import asyncio
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

from pydantic_core import from_json, to_json

from gongkai.client.client import Problem, Unreachable
from gongkai.client.encode import encode
from gongkai.client.split import hand_in_splitting, refused
from gongkai.contracts.ingress import Result

BATCH: Final = 200  # events handed in together
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds between two attempts while the service can't be reached

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS waiting (n INTEGER PRIMARY KEY AUTOINCREMENT, event BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS refused (n INTEGER PRIMARY KEY, event BLOB NOT NULL, problem BLOB NOT NULL);
"""

_UNREADABLE: Final = Problem(
    400,
    {
        "code": "queue.unreadable",
        "title": "队列中的这个事件无法读出，多半由旧版本放入。请重新放入。",
        "title_en": "This event can't be read from the queue: an older version put it in. Put it in again.",
    },
)


class EventReceiver(Protocol):
    """To which events are sent: a `System`."""

    async def hand_in(self, events: list[Mapping[str, Any]]) -> list[Result]: ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that was refused, and why. `n`: its number in the queue."""

    n: int
    event: Mapping[str, Any]
    problem: Mapping[str, Any]


@dataclass(slots=True)
class Tally:
    accepted: int = 0
    duplicate: int = 0
    refused: int = 0


class Queue:
    """One file, one process at a time. SQLite syncs to disk before `put` returns."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.executescript(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def __len__(self) -> int:
        """Events that wait."""
        return int(self._db.execute("SELECT count(*) FROM waiting").fetchone()[0])

    def put(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Queue these, all or none. They are on disk when this returns.

        Raises Unfit for an event that the ingress couldn't read.
        """
        with self._transaction():
            self._db.executemany(
                "INSERT INTO waiting (event) VALUES (?)", [(encode(e, n),) for n, e in enumerate(events, 1)]
            )

    def refused(self) -> list[Refusal]:
        """Refused events that weren't dropped yet."""
        rows = self._db.execute("SELECT n, event, problem FROM refused ORDER BY n").fetchall()
        return [Refusal(n, _shown(event), from_json(problem)) for n, event, problem in rows]

    def drop(self, n: int) -> None:
        """Delete a refused event: it was corrected, or isn't wanted any more."""
        self._db.execute("DELETE FROM refused WHERE n = ?", (n,))

    async def hand_in(self, receiver: EventReceiver) -> Tally:
        """Send until the queue is empty. Raises Problem for what isn't about an event (as a wrong key); then all stay queued."""
        tally, pause = Tally(), FIRST_PAUSE
        while rows := self._db.execute(
            "SELECT n, event FROM waiting ORDER BY n LIMIT ?", (BATCH,)
        ).fetchall():
            try:
                results = await self._results(receiver, [_read(event) for _, event in rows])
            except Unreachable:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            self._settle(rows, results)
            for result in results:
                setattr(tally, result.state, getattr(tally, result.state) + 1)
        return tally

    async def _results(self, receiver: EventReceiver, events: list[dict[str, Any] | None]) -> list[Result]:
        results = iter(
            await hand_in_splitting(receiver.hand_in, [event for event in events if event is not None])
        )
        return [next(results) if event is not None else refused({}, _UNREADABLE) for event in events]

    def _settle(self, rows: list[tuple[int, bytes]], results: list[Result]) -> None:
        with self._transaction():
            for (n, event), result in zip(rows, results, strict=True):
                if result.problem is not None:
                    self._db.execute(
                        "INSERT INTO refused VALUES (?, ?, ?)", (n, event, to_json(result.problem))
                    )
            self._db.execute("DELETE FROM waiting WHERE n <= ?", (rows[-1][0],))

    def _transaction(self) -> sqlite3.Connection:
        self._db.execute("BEGIN IMMEDIATE")
        return self._db  # as a context it commits, or rolls back when something is raised


def _read(event: bytes) -> dict[str, Any] | None:
    """None for what an older version queued and `put` refuses today."""
    try:
        read: dict[str, Any] = from_json(event)
    except ValueError:
        return None
    return read


def _shown(event: bytes) -> dict[str, Any]:
    read = _read(event)
    return {"unreadable": event.decode(errors="replace")} if read is None else read
