"""Tiles: the specification's own numbers, and trees that grow in any steps to the same hashes."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.ledger.merkle import (
    SIZE,
    Frontier,
    consistency_path,
    gather,
    inclusion_path,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from gongkai.ledger.tiles import (
    WIDTH,
    Edge,
    TileName,
    bundle,
    edge_names,
    edge_of,
    needed,
    node_of,
    tile_of,
    tiles_of,
    unbundle,
    width_at,
)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(size)]


def grown(size: int) -> tuple[Edge, dict[tuple[int, int], bytes]]:
    edge = Edge()
    return edge, edge.grow(b"".join(leaves(size)))


def test_paths_are_the_specifications() -> None:
    assert TileName(0, 1234067).path == "0/x001/x234/067"
    assert TileName(None, 1234067, 8).path == "entries/x001/x234/067.p/8"
    assert TileName(5, 0, 255).path == "5/000.p/255"
    assert TileName(3, 1000).path == "3/x001/000"


@given(st.none() | st.integers(0, 63), st.integers(0, 10**12), st.integers(1, WIDTH))
def test_a_path_names_one_tile(level: int | None, index: int, width: int) -> None:
    name = TileName(level, index, width)
    assert TileName.parse(name.path) == name


@pytest.mark.parametrize(
    "path", ["", "0", "0/1", "0/0001", "00/001", "64/001", "0/x000/001", "0/001.p/0", "0/001.p/256", "0/001.p/01",
             "0/001.p/", "0/001/002", "0/x001", "entries/../001", "0/001/", "-1/001", "data/001", "0/٠٠١"],
)  # fmt: skip
def test_other_paths_name_none(path: str) -> None:
    with pytest.raises(ValueError, match="not the path"):
        TileName.parse(path)


def test_a_tree_of_seventy_thousand_has_the_specifications_tiles() -> None:
    names = list(tiles_of(70_000))
    assert sum(n.level == 0 and n.width == WIDTH for n in names) == 273
    partial = [(n.level, n.width) for n in names if n.width < WIDTH]
    assert partial == [(0, 112), (1, 17), (2, 1)]
    assert sum(n.level == 1 and n.width == WIDTH for n in names) == 1
    assert [(n.level, n.width) for n in tiles_of(256)] == [(0, 256), (1, 1)]
    assert list(tiles_of(0)) == []


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 700), max_size=6))
def test_a_tree_grown_in_steps_is_the_tree_grown_at_once(steps: list[int]) -> None:
    size = sum(steps)
    all_leaves = leaves(size)
    edge, kept = Edge(), {}
    simple = Frontier()
    at = 0
    for step in steps:
        kept.update(edge.grow(b"".join(all_leaves[at : at + step])))
        for leaf in all_leaves[at : at + step]:
            simple.append(leaf)
        at += step
        assert edge.size == at
        assert edge.root() == simple.root()
    assert kept == grown(size)[1]
    named = {(n.level, n.index): n.width for n in tiles_of(size)}
    assert {place: len(tile) // SIZE for place, tile in kept.items()} == named
    again = edge_of(size, [(n, kept[n.level or 0, n.index]) for n in edge_names(size)])
    assert again.root() == edge.root()


BIG = 70_000
BIG_EDGE, BIG_TILES = grown(BIG)


def node(height: int, index: int) -> bytes:
    return node_of((height, index), BIG_TILES[tile_of((height, index))])


@settings(deadline=None, max_examples=20)
@given(st.integers(1, BIG), st.data())
def test_proofs_are_read_from_the_tiles_named(size: int, data: st.DataObject) -> None:
    """A tile as wide as the tree of that size has it is enough, whatever the log has grown to since."""
    position = data.draw(st.integers(0, size - 1))

    def seen(path: list[list[tuple[int, int]]]) -> list[bytes]:
        tiles = {
            (n.level, n.index): BIG_TILES[n.level or 0, n.index][: n.width * SIZE] for n in needed(path, size)
        }
        return gather(path, lambda height, index: node_of((height, index), tiles[tile_of((height, index))]))

    root = Edge()
    root.grow(b"".join(leaves(size)))
    leaf = leaf_hash(str(position).encode())
    assert verify_inclusion(leaf, position, size, seen(inclusion_path(position, size)), root.root())
    old = Edge()
    old.grow(b"".join(leaves(position)))
    assert verify_consistency(position, old.root(), size, root.root(), seen(consistency_path(position, size)))


@pytest.mark.parametrize(
    ("level", "index", "width"), [(0, 273, 112), (0, 274, 0), (1, 1, 17), (2, 0, 1), (3, 0, 0)]
)
def test_widths(level: int, index: int, width: int) -> None:
    assert width_at(level, index, BIG) == width


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_holds_its_records(records: list[bytes]) -> None:
    assert unbundle(bundle(records)) == records


def test_a_bundles_lengths_are_big_endian() -> None:
    assert bundle([b"a" * 258, b""]) == b"\x01\x02" + b"a" * 258 + b"\x00\x00"
    assert unbundle(bundle([b"x" * 65_535])) == [b"x" * 65_535]
    with pytest.raises(OverflowError):
        bundle([b"x" * 65_536])


@pytest.mark.parametrize("raw", [b"\x00", b"\x00\x05abcd", bundle([b"abc"])[:-1]])
def test_a_bundle_cut_off_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="cut off"):
        unbundle(raw)


def test_hashes_are_sha256() -> None:
    assert leaf_hash(b"x") == sha256(b"\x00x").digest()
