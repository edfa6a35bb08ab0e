"""`/metrics`: what Prometheus scrapes (`metrics.py`), with how far behind everything is at that moment."""

from hmac import compare_digest
from ipaddress import ip_address
from typing import Final

import asyncpg
import structlog
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gongkai.ledger import acts_since, lag
from gongkai.ledger.read import DISCONNECTED
from gongkai.runtime.rights import OBSERVE, acts
from gongkai.runtime.service import DecidingDependencies, Dependencies

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
_FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-real-ip")

_log = structlog.get_logger(__name__)


@acts(OBSERVE)
async def show(request: Request) -> Response:
    """The scrape. Without a database the lags are missing and `gongkai_database_up` is 0."""
    deps: Dependencies = request.app.state.deps
    metrics = deps.metrics
    metrics.lags.clear()
    try:
        await _measure(deps)
        metrics.database.set(1)
    except (*DISCONNECTED, asyncpg.PostgresError) as error:
        metrics.lags.clear()
        metrics.database.set(0)
        _log.warning("no lags for the scrape", error=repr(error))
    return Response(generate_latest(metrics.registry), media_type=MEDIA_TYPE)


@acts(OBSERVE)
async def show_protected(request: Request) -> Response:
    """The same of a service that the public reaches: for who has the token, or asks on this very machine.

    To everybody else there is no such page.
    """
    token = request.app.state.deps.settings.metrics_token
    if token is not None:
        said = request.headers.get("authorization", "")
        allowed = compare_digest(said.encode(), f"Bearer {token.get_secret_value()}".encode())
    else:
        allowed = _is_local_request(request)
    if not allowed:
        raise HTTPException(404)
    return await show(request)


def _is_local_request(request: Request) -> bool:
    """Asked on this machine, and by no proxy in somebody else's name."""
    if any(name in request.headers for name in _FORWARDED) or request.client is None:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _measure(deps: Dependencies) -> None:
    metrics, now = deps.metrics, await deps.clock.now()
    subscription = deps.subscription
    metrics.lags.take_followed(
        await lag.subscription_lags(deps.pool, subscription.logs, subscription.name), now
    )
    if isinstance(deps, DecidingDependencies):
        metrics.lags.take_relayed(await lag.relay_lag(deps.pool, deps.log), now)
        metrics.lags.take_protected(await lag.checkpoint_lag(deps.pool, deps.log), deps.wall())
        overdue = "SELECT count(*) FROM timer WHERE NOT fired AND due_at < $1"
        metrics.lags.overdue.set(await deps.pool.fetchval(overdue, now))
        for extent in await acts_since.load(deps.pool):
            metrics.lags.history.labels(extent.name, extent.log).set(max(0, extent.since - extent.done))
        metrics.waiting.labels(deps.log.name).set(deps.appender.waiting)
