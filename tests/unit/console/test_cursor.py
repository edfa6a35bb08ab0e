"""Pages by cursor: forth and back again over the same rows, and a broken cursor breaks nothing."""

import base64
import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.console.lists.cursor import pack, sliced, unpack

MOMENT = datetime(2026, 3, 2, 1, 2, 3, 456, tzinfo=UTC)


def test_a_key_comes_back_as_it_was() -> None:
    assert unpack(pack(MOMENT, "a/b c"), datetime.fromisoformat, str) == [MOMENT, "a/b c"]
    assert unpack(pack(date(2026, 3, 2), "x"), date.fromisoformat, str) == [date(2026, 3, 2), "x"]


@given(st.text())
def test_what_somebody_wrote_into_the_address_counts_as_none(text: str) -> None:
    assert unpack(text, datetime.fromisoformat, str) is None


def test_a_cursor_of_another_list_counts_as_none() -> None:
    assert unpack(pack("x"), datetime.fromisoformat, str) is None
    assert unpack(pack(MOMENT, "x", "y"), datetime.fromisoformat, str) is None


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        base64.urlsafe_b64encode(b"[" * 30_000).decode(),
        packed(["0001-01-01T00:00:00+14:00", "x"]),
        packed(["9999-12-31T23:59:59-14:00", "x"]),
        packed(["2026-03-02T01:00:00", "x"]),
        packed(["2026-03-02T01:00:00+00:00", "a\0b"]),
        packed(["2026-03-02T01:00:00+00:00", "\ud800"]),
        packed(["2026-03-02T01:00:00+00:00", 7]),
        packed({"2026-03-02T01:00:00+00:00": 1, "x": 2}),
        packed("ab"),
        packed(None),
    ],
)
def test_a_cursor_that_nobody_packed_counts_as_none(text: str) -> None:
    assert unpack(text, datetime.fromisoformat, str) is None
    assert unpack(text, datetime.fromisoformat, UUID) is None


def test_every_row_is_on_one_page_and_the_way_back_is_the_same() -> None:
    rows = list(range(7))
    pages, after = [], ""
    for _ in range(9):
        start = 0 if not after else rows.index(int(unpack(after, int)[0])) + 1  # type: ignore[index]  # just packed
        page = sliced(rows[start : start + 4], 3, key=pack, after=bool(after), backwards=False)
        pages.append(page)
        after = page.older
        if not after:
            break
    assert [list(p.rows) for p in pages] == [[0, 1, 2], [3, 4, 5], [6]]
    assert pages[0].newer == ""
    back = sliced([5, 4, 3, 2], 3, key=pack, after=True, backwards=True)
    assert list(back.rows) == [3, 4, 5]
    assert back.newer
    assert back.older


def test_an_empty_page_leads_nowhere() -> None:
    page = sliced([], 3, key=pack, after=True, backwards=False)
    assert (page.newer, page.older) == ("", "")
