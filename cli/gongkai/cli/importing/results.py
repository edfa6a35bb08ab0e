"""`FILE.results.jsonl`: for what the import is, then a result a line, in the file's order. It says how far an import
came, whatever ended it; and only one to the same deployment, as the same system, goes on from there."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json, to_json

from gongkai.tables.event_file import Line

STATES: Final = frozenset({"accepted", "duplicate", "refused"})


@dataclass(frozen=True, slots=True)
class Head:
    """What an import is for. The results of one say nothing about another."""

    intake: str  # address of the deployment
    system: str
    type: str | None
    source: str
    practice: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a line that has its result."""

    number: int
    hash: str
    state: str


class Results:
    """Appended to and flushed batch by batch. A line without its end, of a run that was killed, counts for nothing."""

    def __init__(self, file: Path, head: Head) -> None:
        self._of = file
        self.path = file.with_name(file.name + ".results.jsonl")
        self._head = to_json({"import": asdict(head)}) + b"\n"

    def so_far(self) -> Iterator[Kept]:
        """Each line that has its result; none when they are another import's."""
        if not self._ours():
            return
        with self.path.open("rb") as before:
            before.readline()
            for raw in before:
                if (kept := _kept(raw)) is None:
                    return
                yield kept

    def open(self, keep: int) -> Path | None:
        """Go on after the first `keep` results; what stands behind them is dropped. Another import's are put aside:
        where to."""
        aside = None
        if not self._ours() and self.path.exists() and self.path.stat().st_size:
            aside = self._free()
            self.path.rename(aside)
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        if not self._file.readline():
            self._file.write(self._head)
        for _ in range(keep):
            self._file.readline()
        self._file.truncate(self._file.tell())
        return aside

    def write(self, batch: list[tuple[Line, dict[str, Any]]]) -> None:
        """The results of these lines, on the disk when it comes back."""
        for line, result in batch:
            self._file.write(to_json({"line": line.number, "hash": line.hash} | result) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def _ours(self) -> bool:
        if not self.path.exists():
            return False
        with self.path.open("rb") as before:
            return before.readline() == self._head

    def _free(self) -> Path:
        """A name that nobody has: FILE.results.1.jsonl, and so on."""
        n = 1
        while (path := self._of.with_name(f"{self._of.name}.results.{n}.jsonl")).exists():
            n += 1
        return path


def _kept(raw: bytes) -> Kept | None:
    if not raw.endswith(b"\n"):
        return None
    try:
        said = from_json(raw)
    except ValueError:
        return None
    match said:
        case {"line": int(number), "hash": str(hash_), "state": str(state)} if state in STATES:
            return Kept(number, hash_, state)
    return None
