"""A proof bundle: one record with its inclusion proof and a checkpoint, to be verified offline.

Position, proof and checkpoint are those of C2SP tlog-proof, here in JSON together with the record. Pure.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gongkai.ledger.merkle import leaf_hash, verify_inclusion
from gongkai.ledger.note import BadNote, Verifier, decode64
from gongkai.ledger.tlog_checkpoint import VerifiedCheckpoint, open_checkpoint

FORMAT: Final = "gongkai.bundle.v1"
MOST_BYTES: Final = 1_000_000


class BadProofBundle(ValueError):
    """The bundle is malformed or its proof doesn't hold; the message says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")


@dataclass(frozen=True, slots=True)
class ProofBundle:
    """`log` is for people; what is proved is `record` at `position` in the tree of `checkpoint`."""

    log: str
    position: int
    record: bytes
    proof: tuple[bytes, ...]
    checkpoint: str

    def to_json(self) -> str:
        """The record is JSON in UTF-8, so that a JSON string holds its exact bytes."""
        return (
            json.dumps(
                {
                    "format": FORMAT,
                    "log": self.log,
                    "position": self.position,
                    "record": self.record.decode(),
                    "proof": [b64encode(each).decode() for each in self.proof],
                    "checkpoint": self.checkpoint,
                },
                ensure_ascii=False,
                indent=1,
            )
            + "\n"
        )

    @classmethod
    def parse(cls, raw: str) -> "ProofBundle":
        """Raises BadProofBundle."""
        try:
            found = json.loads(raw, object_pairs_hook=_without_duplicates) if len(raw) <= MOST_BYTES else None
            if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
                raise ValueError("not of this format")
            proof = tuple(decode64(each) or b"" for each in found.pop("proof"))
            record = found.pop("record").encode()
            bundle = cls(record=record, proof=proof, **found)
            if type(bundle.position) is not int or not isinstance(bundle.log, str):
                raise TypeError("position and log")
            bundle.checkpoint.encode()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BadProofBundle("不是证明文件", f"not a proof bundle ({error})") from None
        return bundle

    def verify(self, keys: Sequence[Verifier]) -> VerifiedCheckpoint:
        """Verify by the keys of logs and witnesses that the verifier trusts. Raises BadProofBundle."""
        try:
            opened = open_checkpoint(self.checkpoint, keys)
        except BadNote as error:
            raise BadProofBundle(
                f"检查点不可信：{error}", f"the checkpoint can't be trusted: {error}"
            ) from None
        tree = opened.checkpoint
        if not verify_inclusion(leaf_hash(self.record), self.position, tree.size, self.proof, tree.root):
            raise BadProofBundle(
                f"该记录不在 {tree.origin} 的第 {self.position} 位：包含证明不成立",
                f"the record is not at position {self.position} of {tree.origin}: the inclusion proof doesn't hold",
            )
        if tree.origin.rpartition("/")[2] != self.log:
            raise BadProofBundle(
                f"检查点属于 {tree.origin}，不是 {self.log}", f"the checkpoint is {tree.origin}'s"
            )
        return opened


def _without_duplicates(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse duplicate keys, of which parsers take different ones."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name} is there twice")
        found[name] = value
    return found
