"""The witness: cosigns a checkpoint only if it extends the last one cosigned for that log (C2SP tlog-witness).

The last checkpoint of each log is kept in an SQLite database, so that a restart forgets nothing. Refused checkpoints
are kept as well: one that a log signed and that contradicts an earlier one is evidence of a fork.
"""

import re
import sqlite3
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from gongkai.ledger.merkle import EMPTY, verify_consistency
from gongkai.ledger.note import BadNote, Note, Signer, Verifier, decode64, parse
from gongkai.ledger.tlog_checkpoint import Checkpoint, open_checkpoint

MOST_HASHES: Final = 63
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS seen (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refused (
    at INTEGER NOT NULL, origin TEXT NOT NULL, why TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class CosignResponse:
    """The HTTP response to a log that asked for a cosignature."""

    status: int
    body: str
    media_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class CosignRequest:
    """The body of POST /add-checkpoint: the old size, a consistency proof from there, and the checkpoint to cosign."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @classmethod
    def parse(cls, body: str) -> "CosignRequest":
        """Raises BadNote."""
        head, blank, note = body.partition("\n\n")
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        proof = [decode64(line) for line in lines]
        hashes = tuple(each for each in proof if each is not None and len(each) == len(EMPTY))
        if old is None or not blank or len(hashes) != len(proof) or len(proof) > MOST_HASHES:
            raise BadNote("not a request to cosign a checkpoint")
        return cls(int(old[1]), hashes, note)


class Witness:
    """Handles one request at a time: the last checkpoint is compared and replaced in one transaction, committed before the
    response is sent."""

    def __init__(
        self,
        database: Path,
        signer: Signer,
        logs: Callable[[], list[Verifier]],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.signer = signer
        self._logs = logs
        self._now = now
        self._lock = Lock()
        self._db = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    def add_checkpoint(self, body: str) -> CosignResponse:
        """Handle POST /add-checkpoint. Status and body as in the specification."""
        try:
            request = CosignRequest.parse(body)
            proposed = Checkpoint.parse(parse(request.note).text)
        except BadNote as error:
            return CosignResponse(400, f"{error}\n")
        keys = [key for key in self._logs() if key.name == proposed.origin]
        if not keys:
            return CosignResponse(404, "unknown log\n")
        try:
            note = open_checkpoint(request.note, keys).note
        except BadNote as error:
            return CosignResponse(403, f"{error}\n")
        if request.old > proposed.size:
            return CosignResponse(400, "the old size is larger than the checkpoint's\n")
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                response = self._cosign(request, proposed, note)
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        return response

    def _cosign(self, request: CosignRequest, proposed: Checkpoint, note: Note) -> CosignResponse:
        row = self._db.execute("SELECT size, root FROM seen WHERE origin = ?", (proposed.origin,)).fetchone()
        size, root = row or (0, EMPTY)
        if request.old != size:
            if size > proposed.size:
                self._remember_refusal(proposed, f"{size} entries were seen, it has {proposed.size}", note)
            return CosignResponse(409, f"{size}\n", "text/x.tlog.size")
        if not verify_consistency(size, root, proposed.size, proposed.root, request.proof):
            seen = b64encode(root).decode()
            why = f"not consistent with the {size} entries seen, whose root is {seen}"
            self._remember_refusal(proposed, why, note)
            return CosignResponse(422, f"{why}\n")
        line = self.signer.sign(note.text, int(self._now()))
        self._db.execute(
            "INSERT INTO seen VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note",
            (proposed.origin, proposed.size, proposed.root, str(note.plus([line]))),
        )
        return CosignResponse(200, line.line)

    def _remember_refusal(self, proposed: Checkpoint, why: str, note: Note) -> None:
        """Each refusal once, so that a log that repeats its request does not fill the database."""
        self._db.execute(
            "INSERT INTO refused SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM refused WHERE note = ? AND why = ?)",
            (int(self._now()), proposed.origin, why, str(note), str(note), why),
        )

    def checkpoint(self, origin_hash: str) -> CosignResponse:
        """GET /<SHA-256 of the origin, in hex>/checkpoint: the last one cosigned."""
        with self._lock:
            for origin, note in self._db.execute("SELECT origin, note FROM seen"):
                if sha256(origin.encode()).hexdigest() == origin_hash:
                    return CosignResponse(200, note)
        return CosignResponse(404, "nothing cosigned for that log\n")

    def refusals(self) -> list[tuple[str, str, str]]:
        """(origin, why, checkpoint), oldest first."""
        with self._lock:
            return list(self._db.execute("SELECT origin, why, note FROM refused ORDER BY rowid"))
