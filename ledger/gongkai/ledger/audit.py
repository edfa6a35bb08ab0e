"""Verifying a whole log: every record hashed again, every tile and the signed root compared.

As fast as hashing allows: tight loops over bundles, no object per record.
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

BATCH: Final = 32  # bundles handed to a process at a time
MIN_ENTRIES_FOR_PROCESSES: Final = 50_000  # entries from which on several processes are worth their start


class Source(Protocol):
    """Where a log is read from: its database, a copy, a server. What isn't there is None.

    `shareable`: other processes can read it, too, if it is sent to them.
    """

    shareable: ClassVar[bool]

    def checkpoint(self) -> str | None: ...

    def tile(self, name: TileName) -> bytes | None: ...

    def bundle(self, name: TileName) -> bytes:
        """An entry bundle; it may hold less than it should."""


@dataclass(slots=True)
class VerificationFailed(Exception):
    """A promise that isn't kept. `position`: the first entry that is concerned, where it can be told."""

    promise: str
    zh: str
    en: str
    position: int | None = None

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found whole."""

    verified: VerifiedCheckpoint
    since: Checkpoint | None


def verified_checkpoint(
    raw: str | None, keys: Sequence[Verifier], what: str = "checkpoint"
) -> VerifiedCheckpoint:
    """A checkpoint by keys that the verifier trusts. Raises Broken."""
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
    """The whole log up to its newest checkpoint, and that each checkpoint kept from earlier is its beginning.

    Raises Broken.
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
    sound = 0  # up to here an earlier checkpoint agrees
    results = _hashed(source, tree.size)
    while True:
        while waiting and waiting[0].size == edge.size:
            _agree(waiting[0], edge, tree, sound)
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
                _agree(waiting[0], edge, tree, sound)
                sound = waiting.pop(0).size
            changed = edge.grow(leaves)
        else:
            changed = edge.grow_full(found) if len(found) == SIZE and end % WIDTH == 0 else edge.grow(found)
        _compare_tiles(source, changed, tree.size)
    _agree(tree, edge, tree, sound)
    return Report(newest, kept[-1] if kept else None)


def _hashed(source: Source, size: int) -> Iterator[bytes]:
    """Of each bundle, in order, the root of its full tile; of the last one, if it is partial, the leaf hashes.

    Each was compared with its tile. By as many processes as there are cores, where the source can be shared.
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
    """Records against the tile they were published under: names the very position."""
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
    """Hash tiles above the leaves, each as wide as the newest tree has it."""
    for (level, index), hashes in changed.items():
        name = TileName(level, index, width_at(level, index, size))
        if level and len(hashes) == name.width * SIZE and source.tile(name) != hashes:
            raise VerificationFailed(
                "tiles",
                f"哈希块 {name.path} 与条目不符",
                f"hash tile {name.path} isn't that of the entries",
                index * WIDTH ** (level + 1),
            )


def _agree(kept: Checkpoint, edge: Edge, tree: Checkpoint, sound: int) -> None:
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
