"""An event type is registered in one place: its class says all that trail, basis, schema, AsyncAPI and pages need."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from gongkai.console.events.reads import names
from gongkai.console.events.views import row_of
from gongkai.contracts.envelope import Place, read_record, seal_record
from gongkai.contracts.events import REGISTRY, AuditSentence, Event, Id, RulebookClause
from gongkai.contracts.events._event import Line, event
from gongkai.contracts.schema import committed, current
from gongkai.ledger.delivery import Delivered
from gongkai.operate.interfaces import asyncapi
from gongkai.rules.basis import basis
from gongkai.rules.rulebooks import load


class BenchPainted(Event):
    """A bench in the park has another colour."""

    unit: Id
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence(f"{self.unit}油漆了长椅", f"{self.unit} painted a bench", mood="done")


@pytest.fixture
def painted() -> Iterator[Event]:
    event(1, "publishing", zh="油漆长椅", en="Bench painted", basis=RulebookClause("publish"))(BenchPainted)
    now = datetime(2025, 3, 3, 8, tzinfo=UTC)
    book = load("wy", now.date()).version
    yield BenchPainted(unit="parks", rulebook=book, by="gardener", at=now)
    del REGISTRY["BenchPainted"]


def test_its_class_is_enough(painted: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    _, raw = seal_record(painted, stream="bench-1", version=1, command=UUID(int=1), index=0)
    row = row_of(Delivered(Place("publishing", 0, 0), painted.at, read_record(raw)))
    assert row[-5:] == ["WY-A.9a", "parks油漆了长椅", "parks painted a bench", "", "done"]
    assert basis(painted) == "WY-A.9a"
    assert names()["BenchPainted"] == ("油漆长椅", "Bench painted")
    assert current()["BenchPainted.v1"]["title"] == "BenchPainted"

    def with_example(*folder: Any) -> dict[str, Any]:
        return committed(*folder) | {"BenchPainted.v1": read_record(raw).model_dump(mode="json")}

    monkeypatch.setattr(asyncapi, "committed", with_example)
    document = asyncapi.document()
    assert document["components"]["messages"]["BenchPainted.v1"]["title"] == "油漆长椅 · Bench painted"
    assert "BenchPainted.v1" in document["channels"]["publishing"]["messages"]


def test_one_without_a_sentence_for_the_trail_is_refused() -> None:
    class BenchGone(Event):
        unit: Id

    with pytest.raises(TypeError, match="BenchGone"):
        event(1, "publishing", zh="长椅丢失", en="Bench gone", basis="GT-scope")(BenchGone)
    assert "BenchGone" not in REGISTRY
