"""Verifying a whole log: every record is hashed again, every tile and the signed root are compared.

Tight loops over entry bundles without an object per record: as fast as hashing allows.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from gongkai.ledger.merkle import SIZE, leaf_hashes, perfect_root
from gongkai.ledger.note import BadNote, Verifier
from gongkai.ledger.tiles import WIDTH, Edge, TileName, width_at
from gongkai.ledger.tlog_checkpoint import Checkpoint, VerifiedCheckpoint, open_checkpoint

BATCH: Final = 32  # bundles given to a process at a time
MIN_ENTRIES_FOR_PROCESSES: Final = 50_000  # fewer entries are hashed in this process alone


class Source(Protocol):
    """Where a log is read from: its database, a copy, a server. None: not there.

    `shareable`: the source can be pickled and read in other processes.
    """

    shareable: ClassVar[bool]

    def checkpoint(self) -> str | None: ...

    def tile(self, name: TileName) -> bytes | None: ...

    def bundle(self, name: TileName) -> bytes:
        """An entry bundle; it may hold less than it should."""


@dataclass(slots=True)
class VerificationFailed(Exception):
    """A promise of the log doesn't hold. `position`: the first entry affected, where that is known."""

    promise: str
    zh: str
    en: str
    position: int | None = None

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


@dataclass(frozen=True, slots=True)
class Report:
    """The newest checkpoint, verified with the whole log, and the newest of the kept checkpoints that it extends."""

    verified: VerifiedCheckpoint
    since: Checkpoint | None


def verified_checkpoint(
    raw: str | None, keys: Sequence[Verifier], what: str = "checkpoint"
) -> VerifiedCheckpoint:
    """Verify a checkpoint's signature by keys that the verifier trusts. Raises VerificationFailed."""
    if raw is None:
        raise VerificationFailed("checkpoint", "日志没有检查点", "the log has no checkpoint")
    try:
        return open_checkpoint(raw, keys)
    except BadNote as error:
        raise VerificationFailed(
            what, f"检查点不可信：{error}", f"a checkpoint that can't be trusted: {error}"
        ) from None


def verify_log(
    source: Source,
    keys: Sequence[Verifier],
    since: Sequence[str] = (),
) -> Report:
    """Verify the whole log up to its newest checkpoint, and that it extends each checkpoint of `since` (kept earlier).

    Raises VerificationFailed.
    """
    newest = verified_checkpoint(source.checkpoint(), keys)
    tree = newest.checkpoint
    kept = sorted(
        (verified_checkpoint(raw, keys, "kept checkpoint").checkpoint for raw in since), key=lambda c: c.size
    )
    for each in kept:
        check_comparable(each, tree)
    edge = Edge()
    waiting = list(kept)
    sound = 0  # up to this size the tree agrees with a kept checkpoint
    results = _hashed(source, tree.size)
    while True:
        while waiting and waiting[0].size == edge.size:
            _compare_root(waiting[0], edge, tree, sound)
            sound = waiting.pop(0).size
        if edge.size == tree.size:
            break
        found = next(results)
        end = min(edge.size + WIDTH, tree.size)
        if waiting and waiting[0].size < end:  # an earlier checkpoint lies within this bundle
            leaves = leaf_hashes(source.bundle(TileName(None, edge.size // WIDTH, end - edge.size)))
            while waiting and waiting[0].size < end:
                cut = (waiting[0].size - edge.size) * SIZE
                _compare_tiles(source, edge.grow(leaves[:cut]), tree.size)
                leaves = leaves[cut:]
                _compare_root(waiting[0], edge, tree, sound)
                sound = waiting.pop(0).size
            changed = edge.grow(leaves)
        else:
            changed = edge.grow_full(found) if len(found) == SIZE and end % WIDTH == 0 else edge.grow(found)
        _compare_tiles(source, changed, tree.size)
    _compare_root(tree, edge, tree, sound)
    return Report(newest, kept[-1] if kept else None)


def _hashed(source: Source, size: int) -> Iterator[bytes]:
    """For each bundle, in order, the root of its full tile; for the last one, if it is partial, the leaf hashes.

    Each bundle is compared with its tile. Runs in as many processes as there are cores, where the source is shareable.
    """
    bundles = -(-size // WIDTH)
    batches = ((source, size, start, min(start + BATCH, bundles)) for start in range(0, bundles, BATCH))
    workers = _cores()
    if workers < 2 or size < MIN_ENTRIES_FOR_PROCESSES or not source.shareable:
        for batch in batches:
            yield from _hash(*batch)
        return
    running: deque[Future[list[bytes]]] = deque()
    with ProcessPoolExecutor(workers) as pool:
        for batch in batches:
            running.append(pool.submit(_hash, *batch))
            if len(running) > 2 * workers:
                yield from running.popleft().result()
        while running:
            yield from running.popleft().result()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _hash(source: Source, size: int, start: int, end: int) -> list[bytes]:
    found = []
    for index in range(start, end):
        width = width_at(0, index, size)
        leaves = leaf_hashes(source.bundle(TileName(None, index, width)))
        _compare_leaves(source, TileName(0, index, width), leaves)
        found.append(perfect_root(leaves) if width == WIDTH else leaves)
    return found


def check_comparable(kept: Checkpoint, tree: Checkpoint) -> None:
    """Raises VerificationFailed when `tree` is another log's, or smaller than the kept checkpoint."""
    if kept.origin != tree.origin:
        raise VerificationFailed(
            "same log",
            f"所存检查点属于 {kept.origin}，不是 {tree.origin}",
            f"the kept checkpoint is of {kept.origin}, not of {tree.origin}",
        )
    if kept.size > tree.size:
        raise VerificationFailed(
            "append-only",
            f"{tree.origin} 变短了：所存检查点有 {kept.size} 条，现在只签了 {tree.size} 条；"
            f"第 {tree.size} 位起的条目已被删去（只增不删的承诺被打破）",
            f"{tree.origin} has become shorter: {kept.size} entries when the checkpoint was kept, {tree.size} signed now;"
            f" entries from position {tree.size} on were deleted (append-only is broken)",
            tree.size,
        )


def _compare_leaves(source: Source, name: TileName, leaves: bytes) -> None:
    """Compare leaf hashes with the published tile; the error names the exact position."""
    tile = source.tile(name)
    if tile is None:
        raise VerificationFailed("tiles", f"缺少哈希块 {name.path}", f"hash tile {name.path} is missing")
    if leaves == tile:
        return
    at = next((n for n in range(0, len(tile), SIZE) if leaves[n : n + SIZE] != tile[n : n + SIZE]), len(tile))
    position = name.index * WIDTH + at // SIZE
    if len(leaves) < len(tile) and at >= len(leaves):
        raise VerificationFailed(
            "append-only",
            f"第 {position} 位的条目不见了（只增不删的承诺被打破）",
            f"the entry at position {position} is missing (append-only is broken)",
            position,
        )
    raise VerificationFailed(
        "append-only",
        f"第 {position} 位的条目与签名时不同：内容被改或位置被换（不可更改的承诺被打破）",
        f"the entry at position {position} isn't the one that was signed: edited or moved (append-only is broken)",
        position,
    )


def _compare_tiles(source: Source, changed: dict[tuple[int, int], bytes], size: int) -> None:
    """Compare the hash tiles above the leaves, each at its width in the newest tree."""
    for (level, index), hashes in changed.items():
        name = TileName(level, index, width_at(level, index, size))
        if level and len(hashes) == name.width * SIZE and source.tile(name) != hashes:
            raise VerificationFailed(
                "tiles",
                f"哈希块 {name.path} 与条目不符",
                f"hash tile {name.path} isn't that of the entries",
                index * WIDTH ** (level + 1),
            )


def _compare_root(kept: Checkpoint, edge: Edge, tree: Checkpoint, sound: int) -> None:
    """Compare the root of the tree so far with a checkpoint of the same size."""
    if edge.root() == kept.root:
        return
    if kept is tree:
        raise VerificationFailed(
            "signed root",
            f"{tree.size} 条条目的树根不是所签的那一个：第 {sound} 位起有改动",
            f"the tree of {tree.size} entries hasn't the root that was signed: changed at position {sound} or later",
            sound,
        )
    if kept.size == tree.size:
        raise VerificationFailed(
            "no fork",
            f"分叉：{tree.origin} 在 {kept.size} 条处签过两个不同的树根（唯一历史的承诺被打破）",
            f"a fork: {tree.origin} signed two different roots for {kept.size} entries (one history is broken)",
            sound,
        )
    raise VerificationFailed(
        "append-only",
        f"{tree.origin} 的历史被改写：前 {kept.size} 条已不是所存检查点签过的那些，"
        f"第 {sound} 位至第 {kept.size - 1} 位之间有改动（不可更改的承诺被打破）",
        f"the history of {tree.origin} was rewritten: its first {kept.size} entries aren't those that the kept"
        f" checkpoint signed, changed between positions {sound} and {kept.size - 1} (append-only is broken)",
        sound,
    )
