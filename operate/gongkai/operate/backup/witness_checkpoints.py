"""Checkpoints signed after a backup was taken: a restored log must be a prefix of what they cover, and what is missing
is named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx

from gongkai.ledger.note import BadNote, Verifier
from gongkai.ledger.tlog_checkpoint import Checkpoint, open_checkpoint
from gongkai.operate.backup.manifest import BackupError
from gongkai.operate.backup.recount import CountedLog


@dataclass(frozen=True, slots=True)
class LostEntries:
    """Entries that were signed, and that the backup doesn't have."""

    log: str
    size: int
    seen: int

    def __str__(self) -> str:
        many, last = self.seen - self.size, self.seen - 1
        return (
            f"日志 {self.log}：备份有 {self.size} 条，其后签署过 {self.seen} 条，位置 {self.size} 至 {last} 的 {many} 条已丢失 / "
            f"log {self.log}: the backup has {self.size} entries, {self.seen} were signed since: "
            f"{many} entries, positions {self.size} to {last}, are lost"
        )


def read_notes(sources: Iterable[str], vkeys: Iterable[Sequence[Verifier]]) -> list[str]:
    """From files, or from witnesses by their address: the checkpoints that they keep. Raises BackupError."""
    found = []
    for source in sources:
        if source.startswith(("http://", "https://")):
            for origin in {key.name for keys in vkeys for key in keys}:
                found += _from_witness(source.rstrip("/"), origin)
        else:
            try:
                found.append(Path(source).read_text())
            except OSError as error:
                raise BackupError(f"无法读取 {source}", f"can't read {source}: {error.strerror}") from error
    return found


def _from_witness(url: str, origin: str) -> list[str]:
    try:
        answer = httpx.get(
            f"{url}/{sha256(origin.encode()).hexdigest()}/checkpoint", timeout=10, trust_env=False
        )
    except httpx.HTTPError as error:
        raise BackupError(f"见证人 {url} 无应答", f"the witness {url} doesn't answer: {error}") from error
    return [answer.text] if answer.status_code == httpx.codes.OK else []


def checkpoints(raw: Iterable[str], logs: Mapping[str, Sequence[Verifier]]) -> list[tuple[str, Checkpoint]]:
    """Each with the log that signed it. Raises BackupError for one that no known log signed."""
    found = []
    for note in raw:
        for log, keys in logs.items():
            try:
                found.append((log, open_checkpoint(note, keys).checkpoint))
                break
            except BadNote:
                continue
        else:
            first = note.split("\n", 1)[0]
            raise BackupError(
                f"检查点“{first}”不是本部署任何日志签署的",
                f"the checkpoint “{first}” was signed by none of this deployment's logs",
            )
    return found


def compare(log: str, counted: CountedLog, seen: Iterable[Checkpoint]) -> LostEntries | None:
    """Raises BackupError when the log isn't what was signed."""
    most = counted.size
    for checkpoint in seen:
        root = counted.roots.get(checkpoint.size)
        if root is not None and root != checkpoint.root:
            raise BackupError(
                f"日志 {log} 的前 {checkpoint.size} 条与签署过的检查点不符：备份被改过，或属于另一部署",
                f"the first {checkpoint.size} entries of log {log} aren't those of a signed checkpoint: "
                "the backup was changed, or is another deployment's",
            )
        most = max(most, checkpoint.size)
    return LostEntries(log, counted.size, most) if most > counted.size else None
