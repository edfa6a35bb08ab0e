"""What takes long in use and would take as long in hundreds of tests, or too long on a busy machine."""

import os

import pytest
from argon2 import PasswordHasher

from gongkai.identity import accounts
from gongkai.ledger import subscribe
from gongkai.publishing.release import progress


def quick_passwords(patch: pytest.MonkeyPatch) -> None:
    """A hash costs a guesser a tenth of a second, and would cost hundreds of tests as much."""
    patch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def read_logs_early(patch: pytest.MonkeyPatch, *, every: float = 0.2, after: float = 0.1) -> None:
    """A consumer group takes the embedded broker three seconds to form, as long as three tests: until then they live
    from the log. On Apache Kafka nothing helps. `every`: seconds between two looks at the log; `after`: how long who
    waits for a place waits for Kafka first."""
    if "GONGKAI_TEST_KAFKA" not in os.environ:
        patch.setattr(subscribe, "WATCH_INTERVAL", every)
        patch.setattr(subscribe, "ASK_LOG_AFTER", after)


def wait_for_releases(patch: pytest.MonkeyPatch) -> None:
    """On a busy machine a release takes longer than its caller waits: a test is told its end, not that it is under way."""
    patch.setattr(progress, "PATIENCE", 60.0)
