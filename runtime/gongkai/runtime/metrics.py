"""What Prometheus gets to see of a service at `/metrics`: numbers by log, subscription and route, nothing about persons.

Counts and durations are kept as things happen; how far behind everything is, is asked of the database at the scrape.
"""

from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from gongkai.ledger import lag

_FAST: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)  # seconds
_MANY: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """One service's. A registry of its own, since several services may live in one process."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Histogram(
            "gongkai_http_request_seconds",
            "HTTP requests by route, never by address",
            ["method", "route", "status"],
            registry=registry,
            buckets=_FAST,
        )
        self.append = Histogram(
            "gongkai_append_seconds",
            "From joining the queue to being durable, per command",
            ["log"],
            registry=registry,
            buckets=_FAST,
        )
        self.batch = Histogram(
            "gongkai_append_batch_commands",
            "Commands in one transaction of the log",
            ["log"],
            registry=registry,
            buckets=_MANY,
        )
        self.waiting = Gauge(
            "gongkai_append_waiting_commands", "Commands in the queue", ["log"], registry=registry
        )
        self.sent = Counter(
            "gongkai_relay_sent_records", "Records that Kafka has acknowledged", ["topic"], registry=registry
        )
        self.applying = Histogram(
            "gongkai_apply_seconds",
            "One transaction of handlers and reactions, until its commit",
            ["subscription"],
            registry=registry,
            buckets=_FAST,
        )
        self.applied = Counter(
            "gongkai_applied_records", "Records applied", ["subscription", "log"], registry=registry
        )
        self.database = Gauge("gongkai_database_up", "1 if the database answers", registry=registry)
        self.lags = Lags(registry)


class Lags:
    """Gauges that are true at the moment of the scrape, or absent."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, says: str, *labels: str) -> Gauge:
            made = Gauge(f"gongkai_{name}", says, labels, registry=registry)
            self._all.append(made)
            return made

        self._all: list[Gauge] = []
        self.relay = gauge("relay_lag_records", "Entries not sent to Kafka yet", "log")
        self.relay_seconds = gauge("relay_lag_seconds", "Age of the oldest entry not sent yet", "log")
        self.halted = gauge("relay_halted", "1 if the relay stands still; gongkai doctor says why", "log")
        following = ("subscription", "log", "partition")
        self.behind = gauge("subscription_lag_positions", "Positions between seen and head", *following)
        self.behind_seconds = gauge(
            "subscription_lag_seconds", "Age of the oldest record not applied yet", *following
        )
        self.stopped = gauge("subscription_stopped", "1 if the partition is stopped", *following)
        self.checkpoint = gauge("checkpoint_age_seconds", "Since the log was last signed", "log")
        self.unprotected = gauge("checkpoint_open_records", "Entries that no checkpoint covers yet", "log")
        self.overdue = gauge("timers_overdue", "Timers past their moment and not issued")
        self.history = gauge(
            "history_open_records",
            "Records from before a reaction or kind of deadline was there, which it wasn't applied to",
            "name",
            "log",
        )

    def clear(self) -> None:
        for each in self._all:
            each.clear()

    def take_followed(self, all_of_them: list[lag.SubscriptionLag], now: datetime) -> None:
        for one in all_of_them:
            labels = (one.subscription, one.log, str(one.partition))
            self.behind.labels(*labels).set(one.behind)
            self.behind_seconds.labels(*labels).set(_age(one.since, now))
            self.stopped.labels(*labels).set(one.stopped is not None)

    def take_relayed(self, one: lag.RelayLag, now: datetime) -> None:
        self.relay.labels(one.log).set(one.behind)
        self.relay_seconds.labels(one.log).set(_age(one.since, now))
        self.halted.labels(one.log).set(one.halted is not None)

    def take_protected(self, one: lag.CheckpointLag, wall: datetime) -> None:
        self.unprotected.labels(one.log).set(one.uncovered)
        if one.signed_at is not None:
            self.checkpoint.labels(one.log).set(_age(one.signed_at, wall))


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
