"""Structured logs with ids and without personal data; one trace per command, across HTTP, log, Kafka and projection.

A trace's id travels whether or not traces are kept: it stands in every log line and beside every record. Spans are
made only where they go somewhere, which the standard variables of OpenTelemetry say (`OTEL_EXPORTER_OTLP_ENDPOINT`).
"""

import logging
import os
import sys
import traceback
from collections.abc import MutableMapping
from importlib import import_module
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from pydantic import ValidationError

_OTLP = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
_PROPAGATOR = TraceContextTextMapPropagator()

_log = structlog.get_logger(__name__)


def configure(service: str, level: str = "info") -> None:
    """Logs of this process, one JSON object a line. Once per process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with(service),
            told,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_of_others(service)])
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it says of a broker that is away, we say


def _of_others(service: str) -> logging.Handler:
    """What libraries log, in the same form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _with(service),
                told,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    return handler


def told(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its kind, its words and its way. What somebody typed isn't among the words."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else sys.exc_info()[1] if info is True else info
    if isinstance(error, BaseException):
        way = traceback.extract_tb(error.__traceback__)
        event["exception"] = {
            "type": type(error).__name__,
            "says": _words(error),
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in way],
        }
    return event


def _words(error: BaseException) -> str:
    if isinstance(error, ValidationError):  # its own words quote the value that was wrong
        wrong = error.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'/'.join(map(str, each['loc']))}: {each['type']}" for each in wrong)
    return str(error)[:500]


def _with(service: str) -> Any:
    def add(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
        context = trace.get_current_span().get_span_context()
        ids = {"trace": f"{context.trace_id:032x}"} if context.is_valid else {}
        return {"service": service} | ids | event

    return add


def provider(service: str) -> TracerProvider:
    """One service's own: several may live in one process."""
    resource = Resource.create({"service.name": f"gongkai.{service}"})
    processor = exporting()
    if processor is None:
        return TracerProvider(resource=resource, sampler=ALWAYS_OFF)
    made = TracerProvider(resource=resource)
    made.add_span_processor(processor)
    return made


def exporting() -> SpanProcessor | None:
    """Where spans go: OTLP over HTTP if an endpoint is named and the exporter is installed; else nowhere."""
    wanted = any(
        os.environ.get(name) for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    )
    if not wanted or os.environ.get("OTEL_TRACES_EXPORTER") == "none":
        return None
    try:
        exporter = import_module(_OTLP).OTLPSpanExporter()
    except ImportError:
        _log.warning("traces go nowhere", missing="opentelemetry-exporter-otlp-proto-http")
        return None
    return BatchSpanProcessor(exporter)


def traceparent() -> str | None:
    """The current span as a W3C `traceparent`, to stand beside a record."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


def traceparent_of(span: trace.Span) -> str | None:
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, trace.set_span_in_context(span))
    return carrier.get("traceparent")


def context_of(traceparent: str | None) -> Context:
    """A context to start a span in: a child of the one that the `traceparent` names, or a trace of its own."""
    return _PROPAGATOR.extract({"traceparent": traceparent} if traceparent else {}, Context())


def is_kept(traceparent: str | None) -> bool:
    """Whether anybody keeps this trace's spans, by the flag that the first of them has set."""
    return traceparent is not None and traceparent[-1:] in tuple("13579bdf")  # the lowest bit: sampled
