"""The hash tree of RFC 9162, pure: hashes, roots, proofs and their verification.

A proof is made in two steps, so that all hashes it needs can be read at once: a path (a list of spans, each a list of
nodes) says which, and `gather` computes the proof from them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from struct import Struct
from typing import Final

SIZE: Final = 32  # bytes of a hash
EMPTY: Final = sha256().digest()  # the root of the tree without leaves
_PAIR: Final = Struct("64s")

# A node (height, index): the hash of the entries from index << height to before (index + 1) << height.
Node = tuple[int, int]
Span = list[Node]  # the complete subtrees that make up one hash of a proof, largest first


def leaf_hash(record: bytes) -> bytes:
    """SHA-256(0x00 || record), over the exact bytes stored (RFC 9162, section 2.1.1)."""
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


# In tight loops copying a hash object with its first byte costs a third less than creating one.
_leaf = sha256(b"\x00").copy
_node = sha256(b"\x01").copy


def leaf_hashes(bundle: bytes) -> bytes:
    """The concatenated leaf hashes of an entry bundle: each record follows its length, a big-endian uint16.

    A record that is cut off at the end is ignored.
    """
    leaves: list[bytes] = []
    add, begun = leaves.append, _leaf
    at, end = 0, len(bundle)
    while at + 2 <= end:
        start = at + 2
        at = start + (bundle[at] << 8 | bundle[at + 1])
        if at > end:
            break
        leaf = begun()
        leaf.update(bundle[start:at])
        add(leaf.digest())
    return b"".join(leaves)


def perfect_root(hashes: bytes) -> bytes:
    """The root over concatenated hashes, whose number is a power of two."""
    while len(hashes) > SIZE:
        parents: list[bytes] = []
        add, begun = parents.append, _node
        for (pair,) in _PAIR.iter_unpack(hashes):
            parent = begun()
            parent.update(pair)
            add(parent.digest())
        hashes = b"".join(parents)
    return hashes


def fold(peaks: Iterable[bytes]) -> bytes:
    """The root over adjacent complete subtrees, largest first."""
    *rest, root = list(peaks) or [EMPTY]
    for peak in reversed(rest):
        root = node_hash(peak, root)
    return root


@dataclass(slots=True)
class Frontier:
    """A growing tree, of which only the roots of its complete subtrees are kept (a compact range)."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """`leaf` is a leaf hash."""
        self.peaks.append(leaf)
        self.size += 1
        for _ in range(((self.size & -self.size).bit_length()) - 1):
            right = self.peaks.pop()
            self.peaks[-1] = node_hash(self.peaks[-1], right)

    def root(self) -> bytes:
        return fold(self.peaks)


# -- which nodes a root or a proof is made of


def span(start: int, end: int) -> Span:
    """The complete subtrees of the entries from `start` to before `end`, where `start` is the start of a subtree of that size."""
    nodes = []
    while start < end:
        height = (end - start).bit_length() - 1
        nodes.append((height, start >> height))
        start += 1 << height
    return nodes


def inclusion_path(position: int, size: int) -> list[Span]:
    """What proves the entry at a position to be in the tree of that size (RFC 9162, section 2.1.3.1)."""
    if not 0 <= position < size:
        raise ValueError(f"no position {position} in a tree of size {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _half(end - start)
        if position < middle:
            path.append(span(middle, end))
            end = middle
        else:
            path.append(span(start, middle))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[Span]:
    """What proves the tree of the old size to be the beginning of the new one (RFC 9162, section 2.1.4.1)."""
    if not 0 <= old <= new:
        raise ValueError(f"no proof from size {old} to {new}")
    if old in (0, new):
        return []
    path = []
    start, end = 0, new
    while end != old:
        middle = start + _half(end - start)
        if old <= middle:
            path.append(span(middle, end))
            end = middle
        else:
            path.append(span(start, middle))
            start = middle
    if start > 0:  # the last complete part of the old tree isn't the old tree itself: it has to be named
        path.append(span(start, end))
    return path[::-1]


def _half(size: int) -> int:
    """The largest power of two smaller than the size."""
    return 1 << ((size - 1).bit_length() - 1)


def gather(path: Sequence[Span], node: Callable[[int, int], bytes]) -> list[bytes]:
    """The hashes of a path."""
    return [fold(node(height, index) for height, index in each) for each in path]


# -- verification: the algorithms of RFC 9162


def verify_inclusion(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, section 2.1.3.2. `leaf` is a leaf hash."""
    if not 0 <= position < size or any(len(each) != SIZE for each in (leaf, root, *proof)):
        return False
    at, last = position, size - 1
    found = leaf
    for each in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(each, found)
            at, last = _skip(at, last)
        else:
            found = node_hash(found, each)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162, section 2.1.4.2; a tree of no entries is the beginning of any, and every tree of itself."""
    if not 0 <= old <= new or any(len(each) != SIZE for each in (old_root, new_root, *proof)):
        return False
    if old == 0:
        return not proof and old_root == EMPTY and (new > 0 or new_root == EMPTY)
    if old == new:
        return not proof and old_root == new_root
    if not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = became = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, became = node_hash(each, was), node_hash(each, became)
            at, last = _skip(at, last)
        else:
            became = node_hash(became, each)
        at, last = at >> 1, last >> 1
    return last == 0 and was == old_root and became == new_root


def _skip(at: int, last: int) -> tuple[int, int]:
    """Up to the level where the node is a right child."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last
