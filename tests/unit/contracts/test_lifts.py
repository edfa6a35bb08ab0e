"""Old versions are lifted on read, step by step; what nobody knows is never guessed."""

from dataclasses import replace
from uuid import UUID

import pytest
from pydantic import ValidationError

from gongkai.contracts.envelope import Record, read_record, seal_record
from gongkai.contracts.events import (
    REGISTRY,
    DocumentDrafted,
    UnitRegistered,
    UnknownVersion,
    decode,
    decode_if,
    lifts,
    require_known,
)
from gongkai.contracts.events._lifts import Data, Lift, lifted
from tests.unit.examples import a_unit_registered

STEPS: dict[tuple[str, int], Lift] = {
    ("UnitRegistered", 1): lambda data: data | {"officers": data["officers"][:1]},
    ("UnitRegistered", 2): lambda data: data | {"head": data["officers"].pop()["person"]},
}


def record(type_: str = "UnitRegistered.v1") -> Record:
    _, raw = seal_record(
        a_unit_registered(), stream="unit-education", version=1, command=UUID(int=1), index=0
    )
    return read_record(raw.replace(b"UnitRegistered.v1", type_.encode()))


def test_each_step_makes_the_next_version() -> None:
    assert lifted(record(), 3, STEPS)["head"] == "li-qiang"
    assert "head" not in lifted(record(), 2, STEPS)
    assert lifted(record("UnitRegistered.v2"), 3, STEPS)["head"] == "wang-fang"


def test_what_is_stored_stays_as_it_is() -> None:
    stored = record()
    before = stored.model_dump_json()
    lifted(stored, 3, STEPS)
    assert stored.model_dump_json() == before


@pytest.mark.parametrize("type_", ["UnitRegistered.v4", "UnitMerged.v1"])
def test_what_nobody_knows_is_not_guessed(type_: str) -> None:
    with pytest.raises(UnknownVersion):
        require_known(record(type_))
    with pytest.raises(UnknownVersion) as halted:
        decode(record(type_))
    assert type_ in halted.value.says.zh
    assert "升级" in str(halted.value)
    assert "Upgrade" in repr(halted.value)


def test_a_missing_step_is_not_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownVersion):
        lifted(record(), 4, STEPS)
    monkeypatch.setattr("gongkai.contracts.events._lifts.LIFTS", STEPS)
    monkeypatch.setitem(REGISTRY, "UnitRegistered", replace(REGISTRY["UnitRegistered"], version=3))
    require_known(record())
    monkeypatch.setitem(REGISTRY, "UnitRegistered", replace(REGISTRY["UnitRegistered"], version=4))
    with pytest.raises(UnknownVersion):
        require_known(record())


def test_of_other_kinds_nothing_is_read() -> None:
    broken = record().model_copy(update={"data": {}})
    require_known(broken)
    assert decode_if(broken, DocumentDrafted) is None
    assert decode_if(record(), UnitRegistered) == decode(record())
    with pytest.raises(ValidationError):
        decode_if(broken, UnitRegistered)


def test_a_version_has_one_lift(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.contracts.events._lifts.LIFTS", {})

    def same(data: Data) -> Data:
        return data

    lifts("UnitRegistered", 1)(same)
    with pytest.raises(ValueError, match="two lifts"):
        lifts("UnitRegistered", 1)(same)
