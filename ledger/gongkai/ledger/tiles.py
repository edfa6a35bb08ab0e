"""Tiles of C2SP tlog-tiles: 256 concatenated hashes, as they are stored, served and copied.

A partial tile is the beginning of the full one, so a tile is stored once and every narrower one is cut from it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from gongkai.ledger.merkle import SIZE, Node, Span, fold, perfect_root

WIDTH: Final = 256  # hashes in a full tile, entries in a full bundle
FULL: Final = WIDTH * SIZE  # bytes

ENTRIES: Final = "entries"
_PATH: Final = re.compile(
    r"(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class TileName:
    """Level and index in it; `level` None: a bundle of entries. `width` < 256: a partial one."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Below `<prefix>/tile/`."""
        index, rest = f"{self.index % 1000:03d}", self.index // 1000
        while rest:
            index, rest = f"x{rest % 1000:03d}/{index}", rest // 1000
        level = ENTRIES if self.level is None else str(self.level)
        return f"{level}/{index}" + ("" if self.width == WIDTH else f".p/{self.width}")

    @classmethod
    def parse(cls, path: str) -> "TileName":
        """From its canonical path. Raises ValueError."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise ValueError(f"not the path of a tile: {path!r}")
        level = None if found["level"] == ENTRIES else int(found["level"])
        name = cls(level, int(re.sub("[x/]", "", found["index"])), int(found["width"] or WIDTH))
        if name.path != path or name.index >= 1 << 62:
            raise ValueError(f"not the path of a tile: {path!r}")
        return name


def width_at(level: int, index: int, size: int) -> int:
    """The width of that tile in a tree of that size; 0 = there is none."""
    return max(0, min(WIDTH, (size >> (8 * level)) - index * WIDTH))


def tiles_of(size: int) -> Iterator[TileName]:
    """Every hash tile of a tree, level by level."""
    level = 0
    while count := size >> (8 * level):
        for index in range(-(-count // WIDTH)):
            yield TileName(level, index, width_at(level, index, size))
        level += 1


# -- growing


@dataclass(slots=True)
class Edge:
    """The right edge of a tree in tiles: at each level the tile that isn't full yet."""

    size: int = 0
    levels: list[bytes] = field(default_factory=list)

    def grow(self, leaves: bytes) -> dict[tuple[int, int], bytes]:
        """Add concatenated leaf hashes. Returns the tiles that changed, each whole, by (level, index)."""
        changed = self._grow(0, leaves)
        self.size += len(leaves) // SIZE
        return changed

    def grow_full(self, root: bytes) -> dict[tuple[int, int], bytes]:
        """Add the leaves of a full tile by its root alone. Returns the tiles that changed above it."""
        if self.size % WIDTH:
            raise ValueError("a full tile begins where one ends")
        if not self.levels:
            self.levels.append(b"")
        changed = self._grow(1, root)
        self.size += WIDTH
        return changed

    def _grow(self, level: int, fresh: bytes) -> dict[tuple[int, int], bytes]:
        changed: dict[tuple[int, int], bytes] = {}
        while fresh:
            if level == len(self.levels):
                self.levels.append(b"")
            index = (self.size >> (8 * level)) // WIDTH
            hashes = self.levels[level] + fresh
            above = []
            for at in range(0, len(hashes), FULL):
                tile = hashes[at : at + FULL]
                changed[level, index + at // FULL] = tile
                if len(tile) == FULL:
                    above.append(perfect_root(tile))
            self.levels[level] = hashes[len(hashes) // FULL * FULL :]
            fresh, level = b"".join(above), level + 1
        return changed

    def root(self) -> bytes:
        return fold(peak for hashes in reversed(self.levels) for peak in _peaks(hashes))


def edge_names(size: int) -> list[TileName]:
    """The partial tiles that the right edge of a tree consists of; a level without one has none here."""
    names = []
    level = 0
    while count := size >> (8 * level):
        if count % WIDTH:
            names.append(TileName(level, count // WIDTH, count % WIDTH))
        level += 1
    return names


def edge_of(size: int, tiles: Iterable[tuple[TileName, bytes]]) -> Edge:
    """The edge, from the tiles that `edge_names` names."""
    levels = [b""] * max(1, -(-size.bit_length() // 8))
    for name, hashes in tiles:
        assert name.level is not None
        levels[name.level] = hashes[: name.width * SIZE]
    return Edge(size, levels)


def _peaks(hashes: bytes) -> Iterator[bytes]:
    at, left = 0, len(hashes) // SIZE
    while left:
        wide = 1 << (left.bit_length() - 1)
        yield perfect_root(hashes[at : at + wide * SIZE])
        at, left = at + wide * SIZE, left - wide


# -- reading nodes out of tiles


def tile_of(node: Node) -> tuple[int, int]:
    """(level, index) of the tile that holds a node, or that its subtree is computed from."""
    height, index = node
    return height // 8, (index << (height % 8)) // WIDTH


def needed(path: Sequence[Span], size: int) -> set[TileName]:
    """The tiles that a proof is read from."""
    places = {tile_of(node) for span in path for node in span}
    return {TileName(level, index, width_at(level, index, size)) for level, index in places}


def node_of(node: Node, tile: bytes) -> bytes:
    """The hash of a node, from its tile."""
    height, index = node
    within = 1 << (height % 8)
    start = (index << (height % 8)) % WIDTH * SIZE
    hashes = tile[start : start + within * SIZE]
    if len(hashes) != within * SIZE:
        raise ValueError(f"the tile is too narrow for node {node}")
    return perfect_root(hashes)


# -- entry bundles


def bundle(records: Iterable[bytes]) -> bytes:
    """Each record after its length, a big-endian uint16."""
    return b"".join(len(record).to_bytes(2) + record for record in records)


def unbundle(raw: bytes) -> list[bytes]:
    """Raises ValueError when the last record is cut off."""
    records = []
    at = 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2])
        if at + 2 > len(raw) or end > len(raw):
            raise ValueError("a bundle that is cut off")
        records.append(raw[at + 2 : end])
        at = end
    return records
