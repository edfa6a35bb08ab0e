"""Fixtures of all integration tests."""

import os

import pytest
from argon2 import PasswordHasher

from gongkai.identity import accounts
from gongkai.ledger import subscribe


@pytest.fixture(autouse=True)
def weak_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash costs a guesser a tenth of a second, and would cost hundreds of tests as much."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A consumer group takes the embedded broker three seconds to form, as long as three tests: until then they live
    from the log. On Apache Kafka nothing helps."""
    if "GONGKAI_TEST_KAFKA" not in os.environ:
        monkeypatch.setattr(subscribe, "WATCH_INTERVAL", 0.2)
        monkeypatch.setattr(subscribe, "ASK_LOG_AFTER", 0.1)
