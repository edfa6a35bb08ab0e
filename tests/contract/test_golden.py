"""A record of every version ever shipped is still read, and still hashes to the leaf that somebody may have kept."""

import importlib
import pkgutil

import pytest

import gongkai
from gongkai.contracts.envelope import read_record
from gongkai.contracts.events import REGISTRY, decode
from gongkai.contracts.schema import ENVELOPE, committed
from gongkai.ledger.merkle import leaf_hash
from tests.contract.story import STORY, Golden, current_records, goldens

EVERY = pytest.mark.parametrize("golden", goldens(), ids=lambda g: g.name)


def test_every_promised_version_has_its_record() -> None:
    assert {golden.version for golden in goldens()} == set(committed()) - {ENVELOPE}


def test_the_story_tells_of_every_event() -> None:
    assert {example().NAME for _, example, _ in STORY} == set(REGISTRY)


@EVERY
def test_its_bytes_are_the_ones_that_were_hashed(golden: Golden) -> None:
    assert leaf_hash(golden.raw).hex() == golden.leaf
    assert golden.record.type == f"gongkai.{golden.version}"


@EVERY
def test_it_is_read_as_the_newest_version(golden: Golden) -> None:
    event = decode(golden.record)
    assert (golden.record.name, REGISTRY[event.NAME].version) == (event.NAME, event.VERSION)
    assert event.at == golden.record.time


def test_what_is_written_now_is_what_was_shipped_but_for_fields_added_since() -> None:
    shipped = {golden.name: golden.record.model_dump() for golden in goldens()}
    for name, raw in current_records():
        now, then = read_record(raw).model_dump(), shipped[name]
        added = now["data"].keys() - then["data"].keys()
        assert now | {"data": {k: v for k, v in now["data"].items() if k not in added}} == then
        written = [golden.raw for golden in goldens() if golden.version == name]
        assert raw in written, f"{name} has no golden record with {added}: python -m tests.contract.story"


def test_every_aggregate_folds_them() -> None:
    """Whichever aggregate they are folded by: a foreign event changes nothing, none makes it fail."""
    records = {golden.name: golden.record for golden in goldens()}
    events = [decode(records[name]) for name, _ in current_records()]
    folds = [
        importlib.import_module(found.name).evolve
        for found in pkgutil.walk_packages(gongkai.__path__, "gongkai.")
        if found.name.endswith(".aggregate")
    ]
    assert len(folds) >= 7
    for evolve in folds:
        state = None
        for event in events:
            state = evolve(state, event)
        assert state is not None, evolve.__module__
