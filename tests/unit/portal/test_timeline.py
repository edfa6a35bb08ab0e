"""The public timeline names facts, clauses and the unit; never a person."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from gongkai.portal.catalogue.reads import Publication
from gongkai.portal.catalogue.timeline import steps


def a_publication(version: int = 1, consultations: int = 0) -> Publication:
    return Publication(
        event_id=UUID(int=100 + version),
        version=version,
        published_at=datetime(2026, 3, version, 1, tzinfo=UTC),
        unit_name="示例区财政局",
        index="finance/2026-00000001",
        digest="d1" * 32,
        formed_on=date(2026, 2, 27),
        drafted=UUID(int=1),
        drafted_at=datetime(2025, 3, 1, 1, tzinfo=UTC),
        reviewed_at=datetime(2025, 3, 2, 1, tzinfo=UTC),
        settled_at=datetime(2025, 3, 2, 2, tzinfo=UTC) if consultations else None,
        review=UUID(int=2),
        consultations=tuple(UUID(int=10 + n) for n in range(consultations)),
        rulebook="cn@2019-05-15",
    )


@pytest.mark.clause("WY-B.4")
def test_every_fact_that_opened_the_gate_is_named_with_its_clause() -> None:
    told = steps([a_publication(consultations=2)])
    assert [s.clause for s in told] == ["GT-20wd", "GT-review", "GT-coordinate", "GT-default", "GT-guide"]
    text = " ".join(str(s.more) for s in told)
    for number in (101, 1, 2, 10, 11):
        assert str(UUID(int=number)) in text
    assert {s.who for s in told} == {"示例区财政局"}


def test_a_second_publication_is_told_and_comes_first() -> None:
    told = steps([a_publication(1), a_publication(2)])
    assert [s.what for s in told if s.state == "done"] == ["更新后重新发布", "发布"]
    assert all(s.time for s in told if s.what != "成文")
    assert sum(s.what == "成文" for s in told) == 1
