"""What a scrape shows of a service that is behind, and of one whose database is away."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI

from gongkai.ledger.lag import CheckpointLag, RelayLag, SubscriptionLag
from gongkai.runtime.metrics import Metrics
from gongkai.runtime.scrape import show

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
AGO = NOW - timedelta(seconds=90)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"gongkai_{name}", labels)


def test_how_far_behind_in_positions_and_seconds() -> None:
    metrics = Metrics()
    late = SubscriptionLag("review", "intake", 2, 10, 52, AGO, "broken", AGO)
    done = SubscriptionLag("review", "intake", 3, 51, 51, None, None, None)
    metrics.lags.take_followed([late, done], NOW)
    at = {"subscription": "review", "log": "intake", "partition": "2"}
    assert value(metrics, "subscription_lag_positions", **at) == 42
    assert value(metrics, "subscription_lag_seconds", **at) == 90
    assert value(metrics, "subscription_stopped", **at) == 1
    at["partition"] = "3"
    assert value(metrics, "subscription_lag_seconds", **at) == 0
    assert value(metrics, "subscription_stopped", **at) == 0


def test_the_relay_and_the_checkpoint() -> None:
    metrics = Metrics()
    metrics.lags.take_relayed(RelayLag("intake", 100, 89, AGO, "the broker is ahead"), NOW)
    metrics.lags.take_protected(CheckpointLag("intake", 100, 97, AGO), NOW)
    assert value(metrics, "relay_lag_records", log="intake") == 10
    assert value(metrics, "relay_lag_seconds", log="intake") == 90
    assert value(metrics, "relay_halted", log="intake") == 1
    assert value(metrics, "checkpoint_open_records", log="intake") == 3
    assert value(metrics, "checkpoint_age_seconds", log="intake") == 90


def test_a_log_that_was_never_signed_has_no_age() -> None:
    metrics = Metrics()
    metrics.lags.take_protected(CheckpointLag("intake", 0, 0, None), NOW)
    assert value(metrics, "checkpoint_age_seconds", log="intake") is None
    assert value(metrics, "checkpoint_open_records", log="intake") == 0


async def test_a_database_that_is_away_shows_and_old_lags_do_not() -> None:
    async def away() -> datetime:
        raise ConnectionRefusedError

    metrics, app = Metrics(), FastAPI()
    metrics.lags.take_relayed(RelayLag("intake", 100, 89, AGO, None), NOW)
    deps: Any = SimpleNamespace(metrics=metrics, clock=SimpleNamespace(now=away))
    app.state.deps = deps
    app.add_api_route("/metrics", show)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        shown = await client.get("/metrics")
    assert shown.headers["content-type"].startswith("text/plain; version=")
    assert "gongkai_database_up 0.0" in shown.text
    assert "gongkai_relay_lag_records{" not in shown.text
