"""One command, one trace, from its HTTP request over log and Kafka into what other services made of it; and the
numbers that each service shows."""

import io
import json
import secrets
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gongkai.intake.documents import api
from gongkai.ledger import read
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime import telemetry
from gongkai.runtime.topology import log_for
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Traces are kept, here in memory."""
    memory = InMemorySpanExporter()
    monkeypatch.setattr(telemetry, "exporting", lambda: SimpleSpanProcessor(memory))
    return memory


@pytest.fixture
async def district(
    kept: InMemorySpanExporter, fresh_database: Cluster, broker: str, tmp_path: Path
) -> AsyncIterator[Services]:
    async with running_services(fresh_database, broker, tmp_path, MONDAY) as made:
        for name in ("finance", "water"):
            assert (await made.say("intake", "/units", "registrar", unit(name))).status_code == 201
        yield made


async def draft(district: Services, **headers: str) -> str:
    """A draft that touches another unit; the id of its request."""
    text = await district.clients["intake"].post(
        "/texts",
        content=f"全文{secrets.token_hex(4)}".encode(),
        headers=district.bearer("finance-drafter") | {"Content-Type": "text/plain"},
    )
    body = {
        "document": "draft-1",
        "unit": "finance",
        "title": "示例区供水价格说明",
        "attribute": "proactive",
        "digest": text.json()["digest"],
        "formed_on": "2025-03-03",
        "consult": [{"unit": "water", "kind": "affects", "matters": "水价", "opinion": "拟公开"}],
    }
    answer = await district.say("intake", "/documents", "finance-drafter", body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.headers["X-Request-Id"]


def named(spans: list[ReadableSpan], trace: str) -> dict[str, list[ReadableSpan]]:
    """`service: name` -> spans of one trace."""
    found: dict[str, list[ReadableSpan]] = {}
    for span in spans:
        if f"{span.context.trace_id:032x}" == trace:
            service = str(span.resource.attributes["service.name"]).removeprefix("gongkai.")
            found.setdefault(f"{service}: {span.name}", []).append(span)
    return found


async def test_one_command_is_one_connected_trace(district: Services, kept: InMemorySpanExporter) -> None:
    trace = await draft(district)
    await district.settled()
    await district.sent()
    spans = named(list(kept.get_finished_spans()), trace)
    topic = f"{district.cluster.database}"
    assert {
        "intake: POST /documents",
        "intake: append intake",
        f"intake: send {topic}.intake",
        "review: apply DocumentDrafted",
        "publishing: apply DocumentDrafted",
        f"review: send {topic}.review",
        "publishing: apply SecrecyReviewRequested",
        "publishing: apply ConsultationRequested",
    } <= set(spans)
    every = [span for group in spans.values() for span in group]
    ids = {span.context.span_id for span in every}
    (root,) = [span for span in every if span.parent is None or span.parent.span_id not in ids]
    assert root is spans["intake: POST /documents"][0]
    (reaction,) = spans["review: apply DocumentDrafted"]
    for span in spans["publishing: apply SecrecyReviewRequested"]:
        assert span.parent is not None
        assert span.parent.span_id == reaction.context.span_id
    shown = " ".join(span.to_json() for span in every)
    assert "供水价格" not in shown
    assert "finance-drafter" not in shown


async def test_a_caller_that_has_a_trace_goes_on_in_it(district: Services) -> None:
    above = "0af7651916cd43dd8448eb211c80319c"
    assert await draft(district, traceparent=f"00-{above}-b7ad6b7169203331-01") == above
    (entry,) = await read.stream(district.deps["intake"].pool, log_for("intake"), "document-draft-1")
    assert entry.trace is not None
    assert entry.trace.split("-")[1] == above
    await district.settled()
    (asked,) = await read.stream(district.deps["review"].pool, log_for("review"), "review-draft-1")
    assert asked.trace is not None
    assert asked.trace.split("-")[1] == above
    assert asked.trace != entry.trace


async def test_log_lines_carry_the_ids_of_request_and_command(
    district: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def complains(*_: object, **__: object) -> None:
        structlog.get_logger("test").warning("here")
        raise OSError("the disk is gone")

    monkeypatch.setattr(api, "known_unit", complains)
    monkeypatch.setattr(sys, "stderr", written := io.StringIO())
    telemetry.configure("intake")
    key = "0f3c9f0e-5f0c-4a57-9d0a-0b6a5d7f2d10"
    body = {
        "unit": "finance",
        "title": "示例",
        "attribute": "proactive",
        "digest": "0" * 64,
        "formed_on": "2025-03-03",
    }
    answer = await district.say("intake", "/documents", "finance-drafter", body, key=key)
    assert answer.status_code == 503
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    (here,) = [line for line in lines if line["event"] == "here"]
    assert here["request"] == here["trace"] == answer.headers["X-Request-Id"]
    assert UUID(here["command"]).version == 5  # named after key, caller and body
    assert here["command"] != key
    assert here["service"] == "intake"
    assert "command" not in structlog.contextvars.get_contextvars()


async def test_each_service_shows_its_numbers(district: Services) -> None:
    await draft(district)
    await district.settled()
    await district.sent()
    intake = await _metrics(district, "intake")
    assert intake['gongkai_append_seconds_count{log="intake"}'] == 3
    assert intake['gongkai_append_batch_commands_count{log="intake"}'] >= 1
    assert intake['gongkai_append_waiting_commands{log="intake"}'] == 0
    assert intake['gongkai_relay_lag_records{log="intake"}'] == 0
    assert intake['gongkai_relay_halted{log="intake"}'] == 0
    assert intake['gongkai_http_request_seconds_count{method="POST",route="/documents",status="201"}'] == 1
    assert intake["gongkai_timers_overdue"] == 0
    assert intake["gongkai_database_up"] == 1
    review = await _metrics(district, "review")
    lags = [value for name, value in review.items() if name.startswith("gongkai_subscription_lag_positions{")]
    assert len(lags) == 3 * district.deps["review"].settings.partitions
    assert sum(lags) == 0
    assert review['gongkai_applied_records_total{log="intake",subscription="review"}'] == 3


async def test_what_is_behind_and_what_is_stopped_shows(district: Services) -> None:
    await district.settled()
    pool = district.deps["review"].pool
    await pool.execute(
        "UPDATE ledger.checkpoint SET position = -1, stopped = 'intake/0/0: broken' WHERE subscription = 'review'"
        " AND log = 'intake' AND position = (SELECT max(position) FROM ledger.checkpoint WHERE log = 'intake')"
    )
    await district.set_clock(datetime(2025, 3, 3, 2, tzinfo=UTC))
    review = await _metrics(district, "review")
    behind = {name: value for name, value in review.items() if name.startswith("gongkai_subscription_lag_")}
    assert max(value for name, value in behind.items() if "positions" in name) == 2
    assert max(value for name, value in behind.items() if "seconds" in name) == 3600
    assert (
        sum(value for name, value in review.items() if name.startswith("gongkai_subscription_stopped")) == 1
    )


async def _metrics(district: Services, service: str) -> dict[str, float]:
    answer = await district.clients[service].get("/metrics")
    assert answer.status_code == 200
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}
