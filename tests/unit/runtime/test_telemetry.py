"""Ids travel always, spans only where they go somewhere; nobody outside gives a request its id."""

import io
import json
import logging
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel
from structlog.testing import capture_logs

from gongkai.runtime import telemetry
from gongkai.runtime.metrics import Metrics
from gongkai.runtime.requests import REQUEST_ID, RequestTracing, inject_traceparent

ABOVE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def memory() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def app(memory: InMemorySpanExporter) -> Callable[[bool], FastAPI]:
    def make(joins: bool) -> FastAPI:
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(memory))
        made = FastAPI()
        made.add_middleware(
            RequestTracing, tracer=provider.get_tracer("test"), metrics=Metrics(), joins=joins
        )

        @made.get("/people/{name}")
        async def one(name: str) -> str | None:
            if name == "nobody":
                raise RuntimeError(name)
            return telemetry.traceparent()

        return made

    return make


def client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url="http://test", event_hooks={"request": [inject_traceparent]}
    )


async def test_a_service_joins_its_callers_trace_and_a_face_does_not(
    app: Callable[[bool], FastAPI],
) -> None:
    for joins in (True, False):
        async with client(app(joins)) as one:
            answer = await one.get("/people/wang", headers={"traceparent": ABOVE})
        assert (answer.json().split("-")[1] in ABOVE) is joins
        assert answer.headers[REQUEST_ID] == answer.json().split("-")[1]


async def test_what_is_called_on_the_way_takes_part(app: Callable[[bool], FastAPI]) -> None:
    provider = TracerProvider()
    with provider.get_tracer("test").start_as_current_span("caller") as span:
        async with client(app(True)) as one:
            answer = await one.get("/people/wang")
    assert int(answer.json().split("-")[1], 16) == span.get_span_context().trace_id


async def test_an_address_is_in_no_span(app: Callable[[bool], FastAPI], memory: InMemorySpanExporter) -> None:
    async with client(app(True)) as one:
        await one.get("/people/wang-fang?code=1234567890")
        assert (await one.get("/people/nobody")).status_code == 500
        assert (await one.get("/people-that-are-not/wang-fang")).status_code == 404
    told = " ".join(span.to_json() for span in memory.get_finished_spans())
    assert [span.name for span in memory.get_finished_spans()] == [
        "GET /people/{name}",
        "GET /people/{name}",
        "GET other",
    ]
    assert "RuntimeError" in told
    for typed in ("wang-fang", "1234567890", "nobody"):
        assert typed not in told


async def test_methods_that_nobody_has_heard_of_make_no_series_of_their_own() -> None:
    metrics, made = Metrics(), FastAPI()
    made.add_middleware(
        RequestTracing, tracer=TracerProvider().get_tracer("test"), metrics=metrics, joins=True
    )
    async with client(made) as one:
        for method in ("BREW", "STEEP"):
            await one.request(method, "/")
    labels = {"method": "OTHER", "route": "other", "status": "404"}
    assert metrics.registry.get_sample_value("gongkai_http_request_seconds_count", labels) == 2


def test_without_an_exporter_nothing_is_kept_but_ids_travel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    tracer = telemetry.provider("intake").get_tracer("test")
    with tracer.start_as_current_span("one") as span:
        assert not span.is_recording()
        first = telemetry.traceparent()
        assert first is not None
        assert not telemetry.is_kept(first)
        with tracer.start_as_current_span("two"):
            second = telemetry.traceparent()
            assert second is not None
            assert second.split("-")[1] == first.split("-")[1]
    assert telemetry.is_kept(ABOVE)
    assert not telemetry.is_kept(None)


def test_an_endpoint_without_the_exporter_is_said_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setitem(sys.modules, telemetry._OTLP, None)
    with capture_logs() as logs:
        assert telemetry.exporting() is None
    assert logs[0]["missing"] == "opentelemetry-exporter-otlp-proto-http"


def test_with_both_spans_go_there(monkeypatch: pytest.MonkeyPatch, memory: InMemorySpanExporter) -> None:
    module: Any = ModuleType(telemetry._OTLP)
    module.OTLPSpanExporter = lambda: memory
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setitem(sys.modules, telemetry._OTLP, module)
    provider = telemetry.provider("intake")
    with provider.get_tracer("test").start_as_current_span("one"):
        assert telemetry.is_kept(telemetry.traceparent())
    provider.shutdown()
    (span,) = memory.get_finished_spans()
    assert span.resource.attributes["service.name"] == "gongkai.intake"


class Applicant(BaseModel):
    name: str
    age: int


def test_every_line_has_one_form_and_quotes_nothing_that_was_typed() -> None:
    written = io.StringIO()
    handler = telemetry._of_others("intake")
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    library = logging.Logger("uvicorn.error")
    library.addHandler(handler)
    try:
        Applicant.model_validate({"name": ["示例申请人"], "age": "typed"})
    except ValueError:
        library.exception("Exception in ASGI application")
    (line,) = written.getvalue().splitlines()
    told = json.loads(line)
    assert (told["service"], told["level"]) == ("intake", "error")
    assert told["exception"]["type"] == "ValidationError"
    assert told["exception"]["says"] == "name: string_type; age: int_parsing"
    assert "test_telemetry.py" in told["exception"]["at"][0]
    assert "示例申请人" not in line
