"""Counting scores again from the raw bytes of the logs: right by itself, without the code that the services use."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gongkai.demo.score_recount import Days, Item, Law, Recount
from gongkai.rules.calendar import official
from gongkai.rules.deadlines import deadline
from gongkai.rules.rulebooks import load
from gongkai.rules.term import Term

NIGHT = datetime(2025, 12, 31, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai


def raw(name: str, subject: str, version: int = 1, **data: Any) -> bytes:
    record = {"type": f"gongkai.{name}.v1", "subject": subject, "streamversion": version, "data": data}
    return json.dumps(record, ensure_ascii=False).encode()


def unit(name: str, jurisdiction: str = "sc", version: int = 1) -> bytes:
    return raw("UnitRegistered", f"unit-{name}", version, unit=name, jurisdiction=jurisdiction)


def received(on: str, case: str = "application-1") -> bytes:
    return raw("ApplicationReceived", case, unit="a", received_on=on, at=f"{on}T09:00:00+08:00")


def answered(at: str, case: str = "application-1") -> bytes:
    return raw("ApplicationAnswered", case, 2, unit="a", at=at)


def asked(kind: str, at: str = "2025-03-03T01:00:00Z") -> bytes:
    return raw("ConsultationRequested", "consultation-1", unit="a", asked="b", kind=kind, at=at)


def counted(*records: bytes, now: datetime = NIGHT) -> set[Item]:
    count = Recount()
    count.read([unit("a"), unit("b"), *records])
    return count.items(now)


LATE = {Item("a", 2025, "application-late", "application-1", -600)}


@pytest.mark.clause("GT-answer")
@pytest.mark.parametrize(
    ("at", "items"),
    [
        ("2025-02-17T15:59:59Z", set()),  # 23:59:59 in Shanghai on the twentieth working day
        ("2025-02-17T16:00:00Z", LATE),
        ("2025-02-19T01:00:00Z", LATE),
    ],
)
def test_an_application_is_late_once_its_due_day_is_over(at: str, items: set[Item]) -> None:
    """Received on 2025-01-14: 春节 (8 days) doesn't count, 调休 on 01-26 and 02-08 does."""
    assert counted(received("2025-01-14"), answered(at)) == items


def test_an_open_application_is_late_as_of_the_moment_asked() -> None:
    assert counted(received("2025-01-14"), now=datetime(2025, 2, 17, 1, tzinfo=UTC)) == set()
    assert counted(received("2025-01-14")) == LATE


def test_the_order_of_records_does_not_matter() -> None:
    count = Recount()
    count.read([answered("2025-02-19T01:00:00Z"), received("2025-01-14"), unit("a")])
    assert count.items(NIGHT) == LATE


@pytest.mark.parametrize(("kind", "due"), [("affects", "2025-03-05"), ("coordinate", "2025-03-10")])
def test_silence_costs_the_unit_that_was_asked(kind: str, due: str) -> None:
    silent = {Item("b", 2025, "consultation-silent", "consultation-1", -300)}
    in_time = raw(
        "ConsultationAnswered", "consultation-1", 2, unit="a", asked="b", at=f"{due}T09:00:00+08:00"
    )
    too_late = in_time.replace(due.encode(), b"2025-03-20")
    assert counted(asked(kind)) == silent
    assert counted(asked(kind), too_late) == silent
    assert counted(asked(kind), in_time) == set()


def test_the_year_is_that_of_the_due_day() -> None:
    late_in_january = counted(received("2025-12-31"), now=datetime(2026, 3, 1, tzinfo=UTC))
    assert {item.year for item in late_in_january} == {2026}


def test_past_the_last_notice_nothing_is_late() -> None:
    year = max(Days().years)
    assert counted(received(f"{year}-12-20"), now=datetime(year + 1, 12, 1, tzinfo=UTC)) == set()


def test_the_newest_entry_of_a_unit_counts() -> None:
    count = Recount()
    count.read([unit("a", "cx", 2), unit("a", "sc", 1), unit("b"), asked("affects")])
    now = datetime(2025, 3, 6, 1, tzinfo=UTC)  # two working days in sc, five by national law
    assert count.items(now) == set()


@pytest.mark.clause("GT-count")
@pytest.mark.parametrize("term", ["1 wd", "2 wd", "5 wd", "20 wd", "10 d", "60 d"])
def test_two_ways_of_counting_agree_on_every_day(term: str) -> None:
    days, left, kind = Days(), *term.split()
    day = date(2024, 1, 1)
    while day < date(2026, 12, 31):
        assert days.due(day, term) == deadline(official(), start=day, term=Term(int(left), kind)).due, day  # type: ignore[arg-type]  # wd or d
        day += timedelta(1)


@pytest.mark.parametrize("jurisdiction", ["cn", "sc", "cx", "wy", "hz", "ls"])
@pytest.mark.parametrize("on", [date(2019, 1, 2), date(2025, 6, 3)])
def test_two_readings_of_the_rulebooks_agree(jurisdiction: str, on: date) -> None:
    law, book = Law(), load(jurisdiction, on)
    assert law.value(jurisdiction, on, "answer", "term") == str(book.answer.term)
    for kind in ("affects", "coordinate"):
        term = law.value(jurisdiction, on, "consultations", kind, "term")
        assert term == str(book.consultation(kind).term)  # type: ignore[arg-type]  # a word is its code
    for indicator in ("application-late", "consultation-silent"):
        points = law.value(jurisdiction, on, "deductions", indicator, "points")
        assert round(points * 100) == book.points(indicator).points  # type: ignore[arg-type]  # as above


def test_what_no_rulebook_says_is_no_zero() -> None:
    with pytest.raises(LookupError):
        Law().value("sc", date(2025, 1, 2), "deductions", "unheard-of", "points")
