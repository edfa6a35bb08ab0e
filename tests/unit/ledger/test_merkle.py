"""The tree of RFC 9162 against the RFC's own example, the published vectors, pymerkle, and mutated proofs."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from gongkai.ledger.merkle import (
    EMPTY,
    Frontier,
    consistency_path,
    fold,
    gather,
    inclusion_path,
    leaf_hash,
    node_hash,
    perfect_root,
    span,
    verify_consistency,
    verify_inclusion,
)

# The leaves and roots that Certificate Transparency's implementations are tested with.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 70  # entries of the trees below: enough for every shape up to depth 7

sizes = st.integers(1, MOST)


def record(position: int) -> bytes:
    return f"entry {position}".encode()


@cache
def node(height: int, index: int) -> bytes:
    start = index << height
    return perfect_root(b"".join(leaf_hash(record(n)) for n in range(start, start + (1 << height))))


def root(size: int) -> bytes:
    return fold(node(*each) for each in span(0, size))


@cache
def oracle() -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for n in range(MOST):
        tree.append_entry(record(n))
    return tree


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_the_published_ones(size: int) -> None:
    grown = Frontier()
    for leaf in LEAVES[:size]:
        grown.append(leaf_hash(leaf))
    assert grown.root().hex() == ROOTS[size]


def test_proofs_are_those_of_the_rfcs_example() -> None:
    """RFC 9162, section 2.1.5: seven leaves; nodes by (height, index): d0 is (0, 0), g is (1, 0), k is (2, 0)."""
    _, b, c, d, _, f, j = ((0, n) for n in range(7))
    g, h, i = ((1, n) for n in range(3))
    k = (2, 0)
    right = [i, j]  # l of the example: the subtree over d4, d5, d6
    assert inclusion_path(0, 7) == [[b], [h], right]
    assert inclusion_path(3, 7) == [[c], [g], right]
    assert inclusion_path(4, 7) == [[f], [j], [k]]
    assert inclusion_path(6, 7) == [[i], [k]]
    assert consistency_path(3, 7) == [[c], [d], [g], right]
    assert consistency_path(4, 7) == [right]
    assert consistency_path(6, 7) == [[i], [j], [k]]


def test_consistency_proofs_are_the_published_ones() -> None:
    def of(height: int, index: int) -> bytes:
        return perfect_root(
            b"".join(leaf_hash(leaf) for leaf in LEAVES[index << height : (index + 1) << height])
        )

    assert [each.hex() for each in gather(consistency_path(1, 8), of)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [each.hex() for each in gather(consistency_path(6, 8), of)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", range(MOST + 1))
def test_roots_are_pymerkles(size: int) -> None:
    grown = Frontier()
    for n in range(size):
        grown.append(leaf_hash(record(n)))
    assert grown.root() == root(size) == (oracle().get_root(size) if size else EMPTY)


@given(sizes, st.data())
def test_every_entry_of_every_tree_can_be_proved_as_pymerkle_does(size: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, size - 1))
    proof = gather(inclusion_path(position, size), node)
    assert verify_inclusion(leaf_hash(record(position)), position, size, proof, root(size))
    theirs = [
        bytes.fromhex(each) for each in oracle().prove_inclusion(position + 1, size).serialize()["path"]
    ]
    assert proof == theirs[1:]  # theirs begins with the leaf itself


@given(st.integers(0, MOST), st.data())
def test_every_tree_is_the_beginning_of_every_larger_one(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    proof = gather(consistency_path(old, new), node)
    assert verify_consistency(old, root(old), new, root(new), proof)


def bent(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """The proof with one bit flipped, one hash dropped, doubled, added, cut or swapped."""
    hashes = st.binary(min_size=32, max_size=32)
    at = data.draw(st.integers(0, len(proof)))
    kinds = ["add", "flip", "drop", "double", "cut"] if at < len(proof) else ["add"]
    match data.draw(st.sampled_from(kinds)):
        case "flip":
            bit = data.draw(st.integers(0, 255))
            changed = (int.from_bytes(proof[at]) ^ (1 << bit)).to_bytes(32)
            return [*proof[:at], changed, *proof[at + 1 :]]
        case "drop":
            return [*proof[:at], *proof[at + 1 :]]
        case "double":
            return [*proof[:at], proof[at], *proof[at:]]
        case "cut":
            return [*proof[:at], proof[at][:-1], *proof[at + 1 :]]
        case _:
            return [*proof[:at], data.draw(hashes), *proof[at:]]


@given(sizes, st.data())
def test_a_mutated_inclusion_proof_never_verifies(size: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, size - 1))
    leaf = leaf_hash(record(position))
    proof = gather(inclusion_path(position, size), node)
    assert not verify_inclusion(leaf, position, size, bent(proof, data), root(size))
    assert not verify_inclusion(leaf_hash(b"forged"), position, size, proof, root(size))
    elsewhere = data.draw(st.integers(-1, size).filter(lambda n: n != position))
    assert not verify_inclusion(leaf, elsewhere, size, proof, root(size))
    assert not verify_inclusion(leaf, position, size, proof, root(size % MOST + 1) if MOST > 1 else EMPTY)


@given(st.integers(2, MOST), st.data())
def test_a_mutated_consistency_proof_never_verifies(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    proof = gather(consistency_path(old, new), node)
    assert not verify_consistency(old, root(old), new, root(new), bent(proof, data))
    forged = node_hash(root(old), root(new))
    assert not verify_consistency(old, forged, new, root(new), proof)
    assert not verify_consistency(old, root(old), new, forged, proof)
    other = data.draw(st.integers(0, new).filter(lambda n: n != old))
    assert not verify_consistency(other, root(old), new, root(new), proof)


def test_nothing_is_proved_of_an_empty_tree_but_its_root() -> None:
    assert verify_consistency(0, EMPTY, 0, EMPTY, [])
    assert verify_consistency(0, EMPTY, 5, root(5), [])
    assert not verify_consistency(0, EMPTY, 0, root(1), [])
    assert not verify_consistency(0, root(1), 5, root(5), [])
    assert not verify_consistency(0, EMPTY, 5, root(5), [root(1)])
    assert not verify_inclusion(leaf_hash(b""), 0, 0, [], EMPTY)
    assert not verify_consistency(5, root(5), 4, root(4), [])


@pytest.mark.parametrize(("position", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_path_leads_to_an_entry_that_is_not_there(position: int, size: int) -> None:
    with pytest.raises(ValueError, match="no position"):
        inclusion_path(position, size)
