"""The portal's cursors: what nobody packed counts as none, before PostgreSQL is asked."""

import base64
import json

import pytest

from gongkai.portal.catalogue.reads import _read_cursor

AT, DOCUMENT = "2026-03-02T01:00:00+00:00", "doc-1"


def packed(*key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def test_a_key_comes_back() -> None:
    assert _read_cursor(packed(12, AT, DOCUMENT), 3) is not None
    assert _read_cursor(packed(AT, DOCUMENT), 2) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "%00",
        base64.urlsafe_b64encode(b"[" * 30_000).decode(),
        base64.urlsafe_b64encode(b'[1e400,"2026-03-02T01:00:00+00:00","doc-1"]').decode(),
        base64.urlsafe_b64encode(b'[NaN,"2026-03-02T01:00:00+00:00","doc-1"]').decode(),
        packed(2**31, AT, DOCUMENT),
        packed(10**30, AT, DOCUMENT),
        packed(-1, AT, DOCUMENT),
        packed(None, AT, DOCUMENT),
        packed([], AT, DOCUMENT),
        packed(1, AT, "a\0b"),
        packed(1, AT, "\ud800"),
        packed(1, "0001-01-01T00:00:00+14:00", DOCUMENT),
        packed(1, "9999-12-31T23:59:59-14:00", DOCUMENT),
        packed(1, "2026-03-02T01:00:00", DOCUMENT),
        packed(AT, DOCUMENT),
    ],
)
def test_what_nobody_packed_counts_as_none(text: str) -> None:
    assert _read_cursor(text, 3) is None
