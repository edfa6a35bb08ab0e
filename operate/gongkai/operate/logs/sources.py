"""Where a log is read from, for verifying and copying it: its database, a copy on disk, a server of the tiles.

A copy is the tile tree of C2SP tlog-tiles as files: `checkpoint`, `tile/<level>/…`, `tile/entries/…`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import httpx
import psycopg

from gongkai.contracts.errors import UserError
from gongkai.ledger.audit import Source
from gongkai.ledger.merkle import SIZE, Span, gather
from gongkai.ledger.read import LogId
from gongkai.ledger.tiles import WIDTH, TileName, needed, node_of, tile_of
from gongkai.ledger.tlog_queries import Statements, with_cosignatures


class Unreachable(UserError):
    """It can't be read; that says nothing about what is in it."""


@dataclass(slots=True)
class Database:
    """A log's own tables, by an account that may read them."""

    conn: "psycopg.Connection[Any]"
    log: LogId

    shareable: ClassVar[bool] = False

    def checkpoint(self) -> str | None:
        row = self._row(Statements(self.log.schema).served_checkpoint)
        return None if row is None else str(with_cosignatures(row[1], row[2]))

    def tile(self, name: TileName) -> bytes | None:
        row = self._row(Statements(self.log.schema).tile, name.level, name.index, name.width * SIZE)
        return None if row is None else bytes(row[0])

    def bundle(self, name: TileName) -> bytes:
        start = name.index * WIDTH
        row = self._row(Statements(self.log.schema).entries, start, start + name.width)
        return bytes(row[0])

    def misfiled(self, size: int) -> int | None:
        """The first entry that services would find under another stream, version or id than its record says."""
        row = self._row(Statements(self.log.schema).mismatched, size)
        return None if row is None else int(row[0])

    def event(self, event_id: UUID) -> tuple[int, bytes] | None:
        """Position and record of an event."""
        row = self._row(Statements(self.log.schema).event, event_id)
        return None if row is None else (row[0], bytes(row[1]))

    def _row(self, statement: str, *values: object) -> Any:
        with psycopg.RawCursor(self.conn) as cursor:  # the statements count their arguments: $1, $2
            cursor.execute(statement, (self.log.name, *values), binary=True)
            return cursor.fetchone()


@dataclass(frozen=True, slots=True)
class Copy:
    """A folder; with it an auditor needs nobody."""

    folder: Path

    shareable: ClassVar[bool] = True

    def checkpoint(self) -> str | None:
        found = self._read(self.folder / "checkpoint")
        return None if found is None else found.decode(errors="replace")

    def tile(self, name: TileName) -> bytes | None:
        """A partial tile may stand in the copy as a wider one since."""
        for each in (name, TileName(name.level, name.index)):
            found = self._read(f"{self.folder}/tile/{each.path}")
            if found is not None:
                return found[: name.width * SIZE]
        return None

    def bundle(self, name: TileName) -> bytes:
        return self._read(f"{self.folder}/tile/{name.path}") or b""

    def file(self, name: TileName) -> Path:
        return self.folder / "tile" / name.path

    @staticmethod
    def _read(file: Path | str) -> bytes | None:
        try:
            with open(file, "rb", buffering=0) as there:
                return there.read()
        except FileNotFoundError:
            return None


@dataclass(slots=True)
class Server:
    """Anybody's tiles over HTTP; `http` carries the token that entries need."""

    http: httpx.Client
    prefix: str

    shareable: ClassVar[bool] = False

    def checkpoint(self) -> str | None:
        found = self._get("checkpoint")
        return None if found is None else found.decode()

    def tile(self, name: TileName) -> bytes | None:
        return self._get(f"tile/{name.path}")

    def bundle(self, name: TileName) -> bytes:
        return self._get(f"tile/{name.path}") or b""

    def _get(self, path: str) -> bytes | None:
        where = f"{self.prefix}/{path}"
        try:
            answer = self.http.get(where)
        except httpx.HTTPError as error:
            raise Unreachable(f"连不上 / can't reach {where}: {error}") from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise Unreachable(
                f"读取条目需审计人员的令牌 / entries take an auditor's token (--token): {where}"
            )
        if answer.status_code != httpx.codes.OK:
            raise Unreachable(f"{where}: HTTP {answer.status_code}")
        return answer.content


def proof(source: Source, path: list[Span], size: int) -> list[bytes]:
    """The hashes of a path, out of a source's tiles. Raises Unreachable for a tile that isn't there."""
    found: dict[tuple[int, int], bytes] = {}
    for name in needed(path, size):
        hashes = source.tile(name)
        if hashes is None:
            raise Unreachable(f"缺少哈希块 / hash tile {name.path} is missing")
        found[name.level or 0, name.index] = hashes
    return gather(path, lambda height, index: node_of((height, index), found[tile_of((height, index))]))
