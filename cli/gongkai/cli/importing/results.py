"""`FILE.results.jsonl`: the import's target, then a result for each line, in the file's order.

An import that was interrupted continues from there, if its target is the same.
"""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json, to_json

from gongkai.tables.event_file import Line

STATES: Final = frozenset({"accepted", "duplicate", "refused"})


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """Where an import goes, as which system, with which defaults. Results of another target don't count."""

    intake: str  # address of the deployment
    system: str
    type: str | None
    source: str
    practice: bool


@dataclass(frozen=True, slots=True)
class LineResult:
    """The result of a line, as far as continuing needs it."""

    number: int
    hash: str
    state: str


class Results:
    """Appended to and flushed batch by batch. An incomplete last line, of a run that was killed, is ignored."""

    def __init__(self, file: Path, head: ImportTarget) -> None:
        self._of = file
        self.path = file.with_name(file.name + ".results.jsonl")
        self._head = to_json({"import": asdict(head)}) + b"\n"

    def completed(self) -> Iterator[LineResult]:
        """The lines that have a result; none when the results are another import's."""
        if not self._is_same_import():
            return
        with self.path.open("rb") as before:
            before.readline()
            for raw in before:
                if (kept := _parse(raw)) is None:
                    return
                yield kept

    def open(self, keep: int) -> Path | None:
        """Continue after the first `keep` results and drop the rest. Another import's file is renamed: to what."""
        renamed = None
        if not self._is_same_import() and self.path.exists() and self.path.stat().st_size:
            renamed = self._unused_path()
            self.path.rename(renamed)
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        if not self._file.readline():
            self._file.write(self._head)
        for _ in range(keep):
            self._file.readline()
        self._file.truncate(self._file.tell())
        return renamed

    def write(self, batch: list[tuple[Line, dict[str, Any]]]) -> None:
        """Written and synced to disk on return."""
        for line, result in batch:
            self._file.write(to_json({"line": line.number, "hash": line.hash} | result) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def _is_same_import(self) -> bool:
        if not self.path.exists():
            return False
        with self.path.open("rb") as before:
            return before.readline() == self._head

    def _unused_path(self) -> Path:
        """A name that isn't taken: FILE.results.1.jsonl, and so on."""
        n = 1
        while (path := self._of.with_name(f"{self._of.name}.results.{n}.jsonl")).exists():
            n += 1
        return path


def _parse(raw: bytes) -> LineResult | None:
    if not raw.endswith(b"\n"):
        return None
    try:
        content = from_json(raw)
    except ValueError:
        return None
    match content:
        case {"line": int(number), "hash": str(hash_), "state": str(state)} if state in STATES:
            return LineResult(number, hash_, state)
    return None
