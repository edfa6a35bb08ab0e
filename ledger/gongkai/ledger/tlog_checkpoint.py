"""Signed checkpoints of a log (C2SP tlog-checkpoint): the size and root of its tree, as a signed note.

A consumer's checkpoint, its position in the log, is in `consumer_checkpoint`.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongkai.ledger import note
from gongkai.ledger.merkle import SIZE
from gongkai.ledger.note import COSIGNATURE, NOTE, BadNote, Note, Signer, Verifier, decode64

_NUMBER = re.compile(r"0|[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log by its origin, its size in entries, and the root of its tree at that size."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def sign(self, signers: Sequence[Signer]) -> Note:
        return note.sign(self.text, signers)

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """From a note's text; lines after the third are extensions and ignored. Raises BadNote."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "" or not all(lines):
            raise BadNote("a checkpoint has three lines or more, none of them empty")
        origin, size, coded = lines[:3]
        root = decode64(coded)
        if not _NUMBER.fullmatch(size) or root is None or len(root) != SIZE:
            raise BadNote("not a checkpoint's size and root")
        return cls(origin, int(size), root)


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A checkpoint whose log's signature is verified, with the known witnesses that cosigned it."""

    checkpoint: Checkpoint
    note: Note
    witnesses: tuple[Verifier, ...]


def open_checkpoint(raw: str, keys: Iterable[Verifier]) -> VerifiedCheckpoint:
    """Parse and verify a checkpoint by these keys: of logs, whose name is the origin, and of witnesses.

    Raises BadNote: not a checkpoint, signed by no known key of its log, or a known key's signature that fails.
    """
    parsed = note.parse(raw)
    checkpoint = Checkpoint.parse(parsed.text)
    found = [key for key, _ in note.verified(parsed, keys)]
    if not any(key.kind == NOTE and key.name == checkpoint.origin for key in found):
        raise BadNote(f"no known key of {checkpoint.origin} signed this checkpoint")
    return VerifiedCheckpoint(checkpoint, parsed, tuple(key for key in found if key.kind == COSIGNATURE))
