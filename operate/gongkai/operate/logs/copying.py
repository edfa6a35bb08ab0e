"""`gongkai copy`: a log as files, to be verified later, elsewhere, by anybody's tools.

A copy is brought up to date by the next run, which first checks that the log was only appended to. Every checkpoint that
the copy was ever at is kept in it, and `verify` checks the log against all of them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from gongkai.ledger.audit import Source, VerificationFailed, check_comparable, verified_checkpoint
from gongkai.ledger.merkle import consistency_path, verify_consistency
from gongkai.ledger.note import Verifier
from gongkai.ledger.tiles import WIDTH, TileName, tiles_of, width_at
from gongkai.ledger.tlog_checkpoint import Checkpoint
from gongkai.operate.logs.sources import Copy, proof

KEPT = "checkpoints"


def kept_checkpoints(folder: Path) -> list[str]:
    """The checkpoints that a copy was at before, oldest first."""
    files = (folder / KEPT).glob("*") if (folder / KEPT).is_dir() else iter(())
    return [file.read_bytes().decode(errors="replace") for file in sorted(files, key=lambda f: int(f.name))]


def copy(origin: Source, into: Path, keys: Sequence[Verifier]) -> Checkpoint:
    """Bring the copy up to date. Raises VerificationFailed when the log isn't what it was."""
    existing = Copy(into)
    raw = origin.checkpoint()
    tree = verified_checkpoint(raw, keys).checkpoint
    before = existing.checkpoint()
    if before is not None:
        _check_append_only(origin, verified_checkpoint(before, keys, "kept checkpoint").checkpoint, tree)
    written = []
    for name in _names(tree.size):
        whole = existing.file(TileName(name.level, name.index))
        file = existing.file(name)
        if whole.exists() or file.exists():
            continue
        content = origin.bundle(name) if name.level is None else origin.tile(name)
        if not content:
            raise VerificationFailed("tiles", f"缺少 {name.path}", f"{name.path} is missing")
        _write(file, content)
        written.append((whole, file))
    assert raw is not None
    _write(into / KEPT / str(tree.size), raw.encode())
    _write(into / "checkpoint", raw.encode())
    for whole, file in written:  # narrower ones are of use until the new checkpoint is there
        for narrow in whole.with_name(f"{whole.name}.p").glob("*"):
            if narrow != file:
                narrow.unlink()
    return tree


def _names(size: int) -> Iterator[TileName]:
    yield from tiles_of(size)
    for index in range(-(-size // WIDTH)):
        yield TileName(None, index, width_at(0, index, size))


def _check_append_only(origin: Source, old: Checkpoint, new: Checkpoint) -> None:
    check_comparable(old, new)
    path = consistency_path(old.size, new.size)
    if not verify_consistency(old.size, old.root, new.size, new.root, proof(origin, path, new.size)):
        raise VerificationFailed(
            "append-only",
            f"{new.origin} 的历史被改写：前 {old.size} 条已不是副本中的那些（不可更改的承诺被打破）",
            f"the history of {new.origin} was rewritten: its first {old.size} entries aren't those of the copy"
            " (append-only is broken)",
        )


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.new")
    half.write_bytes(content)
    half.replace(file)
