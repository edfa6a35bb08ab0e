"""The whole-log verifier: an intact log passes, in one process and in several; a changed one fails with the position."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.ledger import audit
from gongkai.ledger.audit import VerificationFailed, verify_log
from gongkai.ledger.merkle import leaf_hash, leaf_hashes
from gongkai.ledger.note import Signer
from gongkai.ledger.tiles import WIDTH, Edge, TileName, bundle, tiles_of
from gongkai.ledger.tlog_checkpoint import Checkpoint

LOG = Signer.generate("gongkai.example/log/one")
SIZE = 700


@cache
def record(n: int) -> bytes:
    return b"record %d " % n * (n % 7)


def signed(size: int, records: Callable[[int], bytes] = record) -> str:
    edge = Edge()
    edge.grow(b"".join(leaf_hash(records(n)) for n in range(size)))
    return str(Checkpoint(LOG.name, size, edge.root()).sign([LOG]))


@dataclass
class Kept:
    """A log in memory."""

    records: list[bytes]
    tiles: dict[TileName, bytes] = field(default_factory=dict)
    note: str | None = None
    shareable: ClassVar[bool] = True

    @classmethod
    def of(cls, size: int, records: Callable[[int], bytes] = record) -> "Kept":
        made = cls([records(n) for n in range(size)])
        found = Edge().grow(b"".join(map(leaf_hash, made.records)))
        made.tiles = {name: found[name.level or 0, name.index] for name in tiles_of(size)}
        made.note = signed(size, records)
        return made

    def checkpoint(self) -> str | None:
        return self.note

    def tile(self, name: TileName) -> bytes | None:
        return self.tiles.get(name)

    def bundle(self, name: TileName) -> bytes:
        return bundle(self.records[name.index * WIDTH : name.index * WIDTH + name.width])


def broken(source: Kept, *since: str) -> VerificationFailed:
    with pytest.raises(VerificationFailed) as found:
        verify_log(source, [LOG.verifier], since)
    return found.value


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700])
def test_a_whole_log_passes_with_all_its_earlier_checkpoints(size: int) -> None:
    kept = [signed(n) for n in sorted({0, min(1, size), size // 3, min(256, size), size})]
    report = verify_log(Kept.of(size), [LOG.verifier], kept)
    assert report.verified.checkpoint.size == size
    assert report.since is not None
    assert report.since.size == size


def test_several_processes_find_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "MIN_ENTRIES_FOR_PROCESSES", 1)
    monkeypatch.setattr(audit, "BATCH", 2)
    monkeypatch.setattr(audit, "_cores", lambda: 2)
    source = Kept.of(3000)
    assert verify_log(source, [LOG.verifier], [signed(1000), signed(2048)]).since is not None
    source.records[2222] += b"!"
    assert broken(source).position == 2222


@settings(deadline=None, max_examples=40)
@given(st.integers(0, SIZE - 1), st.integers(0, 255), st.integers(0, 10_000))
def test_one_byte_changed_is_named_by_its_position(position: int, xor: int, at: int) -> None:
    source = Kept.of(SIZE)
    raw = bytearray(source.records[position] or b"?")
    raw[at % len(raw)] ^= xor or 1
    source.records[position] = bytes(raw)
    found = broken(source)
    assert (found.promise, found.position) == ("append-only", position)


@given(st.integers(1, SIZE - 1))
@settings(deadline=None, max_examples=25)
def test_a_tail_cut_off_is_named_by_its_first_position(left: int) -> None:
    source = Kept.of(SIZE)
    del source.records[left:]
    assert broken(source).position == left


def test_two_swapped_are_named_by_the_first() -> None:
    source = Kept.of(SIZE)
    source.records[12], source.records[600] = source.records[600], source.records[12]
    assert broken(source).position == 12


def test_one_too_many_is_no_part_of_the_log() -> None:
    source = Kept.of(SIZE)
    source.records.insert(100, b"smuggled in")
    assert broken(source).position == 100


def forged(n: int) -> bytes:
    return b"forged" if n == 300 else record(n)


def test_a_history_made_anew_is_found_by_an_older_checkpoint_and_by_nothing_else() -> None:
    assert verify_log(Kept.of(SIZE, forged), [LOG.verifier]).verified.checkpoint.size == SIZE
    found = broken(Kept.of(SIZE, forged), signed(250), signed(290), signed(500), signed(600))
    assert (found.promise, found.position) == ("append-only", 290)
    assert "between positions 290 and 499" in found.en
    assert "第 290 位至第 499 位" in found.zh


def test_a_fork_is_called_one() -> None:
    assert broken(Kept.of(SIZE, forged), signed(SIZE)).promise == "no fork"


def test_a_shorter_log_is_found_by_an_older_checkpoint() -> None:
    found = broken(Kept.of(500), signed(SIZE))
    assert (found.promise, found.position) == ("append-only", 500)


def test_a_checkpoint_that_the_tiles_do_not_have_is_found() -> None:
    source = Kept.of(SIZE)
    source.note = signed(SIZE, forged)
    assert broken(source).promise == "signed root"
    assert broken(source, signed(250)).position == 250


def test_a_tile_missing_or_wrong_is_named() -> None:
    source = Kept.of(SIZE)
    del source.tiles[TileName(0, 1)]
    assert "0/001 is missing" in broken(source).en
    source = Kept.of(SIZE)
    source.tiles[TileName(1, 0, 2)] = bytes(64)
    assert "1/000.p/2" in broken(source).en


def test_checkpoints_of_strangers_are_not_believed() -> None:
    source = Kept.of(SIZE)
    stranger = Signer.generate(LOG.name)
    other = Checkpoint(stranger.name, 5, bytes(32)).sign([stranger])
    assert broken(source, str(other)).promise == "kept checkpoint"
    elsewhere = Signer.generate("gongkai.example/log/two")
    with pytest.raises(VerificationFailed, match=r"of gongkai\.example/log/two, not of"):
        verify_log(
            source,
            [LOG.verifier, elsewhere.verifier],
            [str(Checkpoint(elsewhere.name, 0, bytes(32)).sign([elsewhere]))],
        )
    source.note = None
    assert broken(source).promise == "checkpoint"


@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(0, 400))
def test_leaf_hashes_are_those_of_the_records_that_are_whole(records: list[bytes], cut: int) -> None:
    whole = bundle(records)
    assert leaf_hashes(whole) == b"".join(map(leaf_hash, records))
    assert b"".join(map(leaf_hash, records)).startswith(
        leaf_hashes(whole[: len(whole) - cut] if cut else whole)
    )
