"""Around every HTTP request: a span, a duration, and ids in every log line. The request's id is its trace's."""

import time

import httpx
import structlog
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Tracer, use_span
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gongkai.runtime.metrics import Metrics
from gongkai.runtime.telemetry import context_of, traceparent
from gongkai.runtime.watch import failed

REQUEST_ID = "X-Request-Id"  # what a person quotes when something went wrong
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SILENT = frozenset({"/health", "/metrics"})


class RequestTracing:
    """ASGI middleware. `joins`: take part in the caller's trace; the public's own ids are never taken over."""

    def __init__(self, app: ASGIApp, *, tracer: Tracer, metrics: Metrics, joins: bool) -> None:
        self.app, self._tracer, self._metrics, self._joins = app, tracer, metrics, joins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _SILENT:
            await self.app(scope, receive, send)
            return
        above = context_of(Headers(scope=scope).get("traceparent")) if self._joins else Context()
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        began, status = time.perf_counter(), 500
        span = self._tracer.start_span(method, above, kind=SpanKind.SERVER)
        request_id = f"{span.get_span_context().trace_id:032x}"

        async def answering(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        with (
            structlog.contextvars.bound_contextvars(request=request_id),
            use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False),
        ):
            try:
                await self.app(scope, receive, answering)
            except BaseException as error:
                failed(span, error)
                raise
            finally:
                structlog.contextvars.unbind_contextvars("command")
                route = _route(scope)
                span.update_name(f"{method} {route}")
                span.set_attributes(
                    {"http.request.method": method, "http.route": route, "http.response.status_code": status}
                )
                self._metrics.requests.labels(method, route, str(status)).observe(time.perf_counter() - began)


def _route(scope: Scope) -> str:
    """The route as it is written in the code: an address may hold what somebody looks for."""
    return str(getattr(scope.get("route"), "path", "other"))


async def inject_traceparent(request: httpx.Request) -> None:
    """httpx's hook: a service that is called by this one takes part in the same trace."""
    if (current := traceparent()) is not None:
        request.headers["traceparent"] = current
