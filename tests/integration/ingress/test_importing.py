"""`gongkai import` at the real ingress: what the file says of one case is decided in the file's order."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from gongkai.cli.importing.run import run
from gongkai.client import Problem
from gongkai.contracts.ingress import ANSWERED, BATCH, RECEIVED, Result
from gongkai.contracts.streams import document_stream
from gongkai.ledger import read
from gongkai.runtime.topology import log_for
from tests.integration.ingress.agency import Agency, applied, drafted, event
from tests.integration.ingress.importing import results


class EventSink:
    """Sends as the agency, as `System` does."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency

    async def hand_in(self, events: list[dict[str, Any]], *, practice: bool = False) -> list[Result]:
        path = "/v1/sandbox/events" if practice else "/v1/events"
        answer = await self.agency.post(events, BATCH, path=path)
        if not answer.is_success:
            raise Problem(answer.status_code, answer.json())
        return [Result.model_validate(each) for each in answer.json()]


def write(file: Path, events: list[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in events))


async def imported(agency: Agency, file: Path, events: list[dict[str, Any]]) -> Counter[str]:
    write(file, events)
    return await run(
        file,
        EventSink(agency),
        kind=None,
        source="import",
        practice=False,
        on_progress=lambda *_: None,
        system=agency.system,
    )


async def test_five_hundred_are_received_and_then_answered(agency: Agency, tmp_path: Path) -> None:
    received = [event(applied(application=f"o-{n}"), RECEIVED) for n in range(500)]
    words = {"kind": "disclosed", "text": "现予公开。"}
    answered = [event({"application": f"o-{n}"} | words, ANSWERED) for n in range(500)]
    assert await imported(agency, tmp_path / "a.jsonl", received + answered) == {"accepted": 1_000}


async def test_the_newest_version_is_the_files_last(agency: Agency, tmp_path: Path) -> None:
    # the first batch is the larger one, so that the second would come in before it
    versions = [
        event(drafted(document="doc-1", title=f"第{n}稿", text="文" * (500 if n < 500 else 1)))
        for n in range(600)
    ]
    assert await imported(agency, tmp_path / "a.jsonl", versions) == {"accepted": 600}
    pool = agency.services.deps["intake"].pool
    told = await read.stream(pool, log_for("intake"), document_stream("doc-1"))
    assert [each.record.data["title"] for each in told] == [f"第{n}稿" for n in range(600)]


async def test_a_line_that_the_door_can_not_read_spoils_no_other(agency: Agency, tmp_path: Path) -> None:
    deep: dict[str, Any] = {}
    for _ in range(197):
        deep = {"a": deep}
    events = [event(drafted()), event(deep), event(drafted())]
    assert await imported(agency, tmp_path / "a.jsonl", events) == {"accepted": 2, "refused": 1}
    assert results(tmp_path / "a.jsonl")[1]["state"] == "refused"
