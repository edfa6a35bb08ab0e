"""Measures and traces what the ledger does: the part of a command's trace that lies behind its answer."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from prometheus_client import Histogram

from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.observe import Observer
from gongkai.ledger.read import LogId
from gongkai.runtime.metrics import Metrics
from gongkai.runtime.telemetry import context_of, is_kept, traceparent, traceparent_of


class Watch(Observer):
    """Spans only for traces that are kept; ids and places in them, never what a record says."""

    def __init__(self, tracer: Tracer, metrics: Metrics) -> None:
        self._tracer, self._metrics = tracer, metrics
        self._append: dict[str, Histogram] = {}  # looking up a label takes longer than counting

    def appended(self, log: str, seconds: float) -> None:
        known = self._append.get(log)
        if known is None:
            known = self._append[log] = self._metrics.append.labels(log)
        known.observe(seconds)

    def committed(self, log: str, commands: int) -> None:
        self._metrics.batch.labels(log).observe(commands)

    def sent(self, topic: str, traces: Sequence[str | None], began: int) -> None:
        self._metrics.sent.labels(topic).inc(len(traces))
        for each in traces:
            if is_kept(each):
                self._tracer.start_span(
                    f"send {topic}", context_of(each), kind=SpanKind.PRODUCER, start_time=began
                ).end()

    @contextmanager
    def applying(self, subscription: str, batch: Sequence[Delivered]) -> Iterator[Sequence[Delivered]]:
        began = time.perf_counter()
        spans = [self._span(subscription, what) if is_kept(what.trace) else None for what in batch]
        traced = [
            what if span is None else replace(what, trace=traceparent_of(span))
            for what, span in zip(batch, spans, strict=True)
        ]
        alone = spans[0] if len(spans) == 1 and spans[0] is not None else trace.INVALID_SPAN
        try:
            with trace.use_span(alone, record_exception=False, set_status_on_exception=False):
                yield traced
        except BaseException as error:
            for span in filter(None, spans):
                failed(span, error)
            raise
        else:
            self._metrics.applying.labels(subscription).observe(time.perf_counter() - began)
            for log, many in Counter(what.place.log for what in batch).items():
                self._metrics.applied.labels(subscription, log).inc(many)
        finally:
            for span in filter(None, spans):
                span.end()

    def _span(self, subscription: str, what: Delivered) -> Span:
        return self._tracer.start_span(
            f"apply {what.record.name}",
            context_of(what.trace),
            kind=SpanKind.CONSUMER,
            attributes={
                "gongkai.subscription": subscription,
                "gongkai.place": str(what.place),
                "gongkai.event": str(what.record.id),
            },
        )


@contextmanager
def traced(tracer: Tracer, log: LogId, intent: Intent[Any]) -> Iterator[Intent[Any]]:
    """Around one command of this service's own: what follows from it in other services hangs under this span."""
    attributes = {"gongkai.log": log.name, "gongkai.command": str(intent.command)}
    with tracer.start_as_current_span(
        f"append {log.name}", attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield replace(intent, trace=traceparent() or intent.trace)
        except BaseException as error:
            failed(span, error)
            raise


def failed(span: Span, error: BaseException) -> None:
    """By the kind of error alone: its words may hold what somebody typed."""
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR))
