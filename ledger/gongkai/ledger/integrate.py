"""The integrator: one leader per log extends the log's hash tree by new entries and signs checkpoints of it.

It never signs a tree that doesn't extend the last one signed: if the log is shorter than its last checkpoint, or its
leaf hashes differ from those that the tree was built from, it stops, says where, and signs nothing.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import asyncpg
import structlog

from gongkai.ledger import read, tlog_queries
from gongkai.ledger.cosigning.client import WitnessClient, WitnessEndpoint
from gongkai.ledger.failpoint import reach
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.merkle import EMPTY, SIZE
from gongkai.ledger.note import BadKey, Signer, parse
from gongkai.ledger.read import Connection, LogId, Pool, Session
from gongkai.ledger.tiles import WIDTH, Edge, edge_names, edge_of
from gongkai.ledger.tlog_checkpoint import Checkpoint
from gongkai.ledger.tlog_queries import Statements

MIN_INTERVAL: Final = 0.25  # seconds between two checkpoints under load
POLL_INTERVAL: Final = 2.0  # seconds between reads of the log without a notification
STEP: Final = 4096  # entries hashed at a time, before other tasks of the event loop may run
MAX_ENTRIES: Final = 1 << 16  # entries in one transaction

_log = structlog.get_logger(__name__)


class LogAltered(Exception):
    """The log differs from what was signed. Nothing more is signed until an operator has resolved it."""


@dataclass(slots=True)
class Integrator:
    """Runs in every replica of a service; the one that holds the advisory lock is the leader."""

    dsn: str
    pool: Pool
    log: LogId
    keys: KeyFile
    witness: WitnessEndpoint | None = None
    witness_client: WitnessClient | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _edge: Edge = field(default_factory=Edge)
    _signed_by: tuple[Signer, ...] = ()

    async def run(self) -> None:
        """Run until cancelled. After any error (database, lost leadership, keys) start again."""
        while True:
            try:
                await self._lead()
            except asyncio.CancelledError:
                raise
            except (LogAltered, BadKey, FileNotFoundError, PermissionError) as error:
                _log.error("nothing is signed", log=self.log.name, reason=str(error))
                with suppress(Exception):  # the database itself may be unreachable
                    await self._store_halted(self.pool, str(error))
                await asyncio.sleep(POLL_INTERVAL)
            except Exception as error:
                _log.info("integrator begins again", log=self.log.name, error=repr(error))
            await asyncio.sleep(0.3)

    async def _lead(self) -> None:
        conn = await asyncpg.connect(self.dsn)
        cosigning: asyncio.Task[None] | None = None
        try:
            await conn.execute(
                "SELECT pg_advisory_lock(hashtextextended($1, 0))", f"integrate:{self.log.name}"
            )
            await conn.add_listener(self.log.channel, lambda *_: self._woken.set())
            await self._load_tree(conn)
            if self.witness is not None:
                self.witness_client = WitnessClient(self.pool, self.log, self.witness)
                cosigning = asyncio.create_task(self.witness_client.run())
            await self._follow(conn)
        finally:
            if cosigning is not None:
                cosigning.cancel()
                await asyncio.gather(cosigning, return_exceptions=True)
            conn.terminate()

    async def _store_halted(self, conn: Connection, halted: str | None) -> None:
        """Store for operators why nothing is signed; None = all is well."""
        await conn.execute(
            f"INSERT INTO {self.log.schema}.log_integrator (log, halted) VALUES ($1, $2)"
            " ON CONFLICT (log) DO UPDATE SET halted = excluded.halted",
            self.log.name,
            halted,
        )

    async def _follow(self, conn: Session) -> None:
        while await self.integrate(conn):
            pass
        await self._store_halted(conn, None)
        while True:
            self._woken.clear()
            began = time.monotonic()
            while await self.integrate(conn):
                pass
            await asyncio.sleep(max(0.0, began + MIN_INTERVAL - time.monotonic()))
            try:
                async with asyncio.timeout(POLL_INTERVAL):
                    await self._woken.wait()
            except TimeoutError:
                if conn.is_closed():
                    raise ConnectionError("the leader's connection is gone") from None

    async def _load_tree(self, conn: Session) -> None:
        """Load the tree that was signed last and compare its root with its tiles. Raises LogAltered."""
        row = await conn.fetchrow(Statements(self.log.schema).newest_checkpoint, self.log.name)
        size, root = (row["size"], row["root"]) if row else (0, EMPTY)
        tiles = []
        for name in edge_names(size):
            hashes = await tlog_queries.tile(conn, self.log, name)
            if hashes is None:
                raise LogAltered(f"{self.log.name}: tile {name.path} of the signed tree is gone")
            tiles.append((name, hashes))
        self._edge = edge_of(size, tiles)
        self._signed_by = self._signers_of(row["note"]) if row else ()
        if self._edge.root() != root:
            raise LogAltered(f"{self.log.name}: the tiles of size {size} don't have the root that was signed")

    def _signers_of(self, note: str) -> tuple[Signer, ...]:
        """The present signers, if they signed this note; else none."""
        signers = self.keys.signers()
        ids = [(signature.name, signature.key_id) for signature in parse(note).signatures]
        return signers if ids == [(s.name, s.verifier.key_id) for s in signers] else ()

    async def integrate(self, conn: Session) -> bool:
        """Extend the tree by what was appended, and sign. True when there may be more."""
        head = await read.size(conn, self.log)
        before = self._edge.size
        if head < before:
            raise LogAltered(
                f"{self.log.name}: the log has {head} entries, but {before} were signed:"
                f" positions from {head} on are gone"
            )
        signers = self.keys.signers()
        if head == before and signers == self._signed_by:
            return False
        until = min(head, before + MAX_ENTRIES)
        edge = Edge(before, list(self._edge.levels))
        changed: dict[tuple[int, int], bytes] = {}
        for start in range(before, until, STEP):
            changed |= edge.grow(await self._leaves(conn, edge, min(start + STEP, until)))
        if head == before:
            await self._leaves(conn, edge, head)
        await self._store(conn, edge, changed, signers)
        reach("integrate.signed")
        self._edge, self._signed_by = edge, signers
        if self.witness_client is not None:
            self.witness_client.woken.set()
        return until < head

    async def _leaves(self, conn: Session, edge: Edge, until: int) -> bytes:
        """Leaf hashes after the edge; those already in its last tile must be unchanged. Raises LogAltered."""
        start = edge.size // WIDTH * WIDTH
        leaves: bytes = await conn.fetchval(
            f"SELECT coalesce(string_agg(leaf, ''::bytea ORDER BY position), ''::bytea) FROM {self.log.schema}.log_entry"
            " WHERE log = $1 AND position >= $2 AND position < $3",
            self.log.name,
            start,
            until,
        )
        known = edge.levels[0] if edge.levels else b""
        for at in range(0, len(known), SIZE):
            if leaves[at : at + SIZE] != known[at : at + SIZE]:
                position = start + at // SIZE
                raise LogAltered(f"{self.log.name}: position {position} isn't what was signed")
        if len(leaves) != (until - start) * SIZE:
            raise LogAltered(f"{self.log.name}: entries are missing between positions {start} and {until}")
        return leaves[len(known) :]

    async def _store(
        self, conn: Session, edge: Edge, changed: dict[tuple[int, int], bytes], signers: Sequence[Signer]
    ) -> None:
        """Store tiles and checkpoint in one transaction."""
        schema, name = self.log.schema, self.log.name
        tree = Checkpoint(self.keys.origin, edge.size, edge.root())
        note = tree.sign(signers)
        async with conn.transaction():
            await conn.execute(
                f"INSERT INTO {schema}.log_tile SELECT $1, * FROM unnest($2::smallint[], $3::bigint[], $4::bytea[])"
                " ON CONFLICT (log, level, index) DO UPDATE SET hashes = excluded.hashes",
                name,
                [level for level, _ in changed],
                [index for _, index in changed],
                list(changed.values()),
            )
            reach("integrate.grown")
            await conn.executemany(
                f"INSERT INTO {schema}.log_key (log, vkey) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                [(name, vkey) for vkey in self.keys.vkeys()],
            )
            await conn.execute(
                f"INSERT INTO {schema}.log_checkpoint (log, size, root, note, awaits) VALUES ($1, $2, $3, $4, $5)",
                name,
                tree.size,
                tree.root,
                str(note),
                self.witness is not None,
            )
