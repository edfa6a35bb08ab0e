"""The audit trail describes every event, in both languages, and shows nothing that is sealed."""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from gongkai.console.events.views import AuditTrail, row_of
from gongkai.contracts.envelope import Place, read_record, seal_record
from gongkai.contracts.events import Event
from gongkai.ledger.delivery import Delivered
from gongkai.rules.basis import basis
from tests.unit.examples import EXAMPLES, a_document_drafted, an_application_answered, an_application_received
from tests.unit.given import CHINESE, CLAUSE


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.__name__)
def test_each_is_described_in_both_languages_with_its_clause(example: Callable[[], Event]) -> None:
    sentence = example().describe()
    assert CHINESE.search(sentence.zh)
    assert not CHINESE.search(re.sub(r"“[^”]*”|: .*", "", sentence.en))  # names and titles stay as they are
    assert CLAUSE.match(basis(example()))
    assert sentence.mood in ("", "done", "late")


@pytest.mark.parametrize("event", [an_application_received(), an_application_answered()])
def test_what_is_sealed_stays_sealed(event: Event) -> None:
    row = " ".join(map(str, row_of(_delivered(event))))
    for name, value in event.model_dump(mode="json").items():
        if isinstance(value, dict) and "box" in value:
            assert value["box"] not in row, name
            assert value["person"] not in row, name


async def test_a_nul_in_a_text_stops_nothing() -> None:
    conn: Any = _Heard()
    await AuditTrail().apply(conn, [_delivered(a_document_drafted(title="标题\0", reason="理由\0 \\u0000"))])
    [row] = json.loads(conn.rows)
    assert row["note"] == "理由\N{REPLACEMENT CHARACTER} \\u0000"
    assert not any("\0" in value for value in row.values() if isinstance(value, str))


class _Heard:
    """A connection that keeps the rows it was given."""

    async def execute(self, _: str, rows: str) -> None:
        self.rows = rows


def _delivered(event: Event) -> Delivered:
    _, raw = seal_record(event, stream="s", version=1, command=uuid4(), index=0)
    return Delivered(Place("intake", 0, 0), event.at, read_record(raw))
