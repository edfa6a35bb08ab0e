"""The witness: cosigns a checkpoint only if what it saw before is the beginning of it (C2SP tlog-witness).

It remembers, in a database of its own, the last checkpoint of each log; that alone is what it believes, after a
restart, too. What it refuses it keeps: a checkpoint that a log signed and that contradicts another is evidence.
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
class Answer:
    """An HTTP answer."""

    status: int
    body: str
    media_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What a log asks: from which size on, the proof, and the checkpoint to cosign."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @classmethod
    def parse(cls, body: str) -> "Request":
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
    """One at a time: what was seen is compared and replaced in one transaction, and kept before it is answered."""

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

    def add_checkpoint(self, body: str) -> Answer:
        """POST /add-checkpoint: status and body as the specification has them."""
        try:
            asked = Request.parse(body)
            proposed = Checkpoint.parse(parse(asked.note).text)
        except BadNote as error:
            return Answer(400, f"{error}\n")
        keys = [key for key in self._logs() if key.name == proposed.origin]
        if not keys:
            return Answer(404, "unknown log\n")
        try:
            note = open_checkpoint(asked.note, keys).note
        except BadNote as error:
            return Answer(403, f"{error}\n")
        if asked.old > proposed.size:
            return Answer(400, "the old size is larger than the checkpoint's\n")
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                answer = self._judge(asked, proposed, note)
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        return answer

    def _judge(self, asked: Request, proposed: Checkpoint, note: Note) -> Answer:
        row = self._db.execute("SELECT size, root FROM seen WHERE origin = ?", (proposed.origin,)).fetchone()
        size, root = row or (0, EMPTY)
        if asked.old != size:
            if size > proposed.size:
                self._remember_refusal(proposed, f"{size} entries were seen, it has {proposed.size}", note)
            return Answer(409, f"{size}\n", "text/x.tlog.size")
        if not verify_consistency(size, root, proposed.size, proposed.root, asked.proof):
            seen = b64encode(root).decode()
            why = f"not consistent with the {size} entries seen, whose root is {seen}"
            self._remember_refusal(proposed, why, note)
            return Answer(422, f"{why}\n")
        line = self.signer.sign(note.text, int(self._now()))
        self._db.execute(
            "INSERT INTO seen VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note",
            (proposed.origin, proposed.size, proposed.root, str(note.plus([line]))),
        )
        return Answer(200, line.line)

    def _remember_refusal(self, proposed: Checkpoint, why: str, note: Note) -> None:
        """Once each: a log that asks again and again fills nothing."""
        self._db.execute(
            "INSERT INTO refused SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM refused WHERE note = ? AND why = ?)",
            (int(self._now()), proposed.origin, why, str(note), str(note), why),
        )

    def checkpoint(self, origin_hash: str) -> Answer:
        """GET /<SHA-256 of the origin, in hex>/checkpoint: the last one cosigned."""
        with self._lock:
            for origin, note in self._db.execute("SELECT origin, note FROM seen"):
                if sha256(origin.encode()).hexdigest() == origin_hash:
                    return Answer(200, note)
        return Answer(404, "nothing cosigned for that log\n")

    def refusals(self) -> list[tuple[str, str, str]]:
        """(origin, why, checkpoint), oldest first."""
        with self._lock:
            return list(self._db.execute("SELECT origin, why, note FROM refused ORDER BY rowid"))
