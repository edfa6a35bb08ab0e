"""Fixtures of all integration tests."""

import pytest

from tests.quick import quick_passwords, read_logs_early, wait_for_releases


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_passwords(monkeypatch)
    read_logs_early(monkeypatch)
    wait_for_releases(monkeypatch)
