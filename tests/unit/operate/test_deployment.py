"""What `up` tells its services about Kafka: how to prove who one is to somebody else's, and nothing to its own."""

from pathlib import Path

import pytest

from gongkai.contracts.errors import UserError
from gongkai.operate.databases.cluster import Cluster, roles
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.services import installed

SAID = {
    "GONGKAI_KAFKA_PROTOCOL": "SASL_SSL",
    "GONGKAI_KAFKA_USER": "gongkai",
    "GONGKAI_KAFKA_PASSWORD": "geheim",
}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("GONGKAI_KAFKA", "GONGKAI_KAFKA_MECHANISM", "GONGKAI_KAFKA_CA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in SAID.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def told(data: Path, kafka: str) -> dict[str, str]:
    ports = {name: 8000 + n for n, name in enumerate((*installed(), "broker", "witness"))}
    cluster = Cluster("postgresql://admin@127.0.0.1:5432/postgres", dict.fromkeys(roles(), "x"))
    where = kafka or f"127.0.0.1:{ports['broker']}"
    environment = Deployment(data, "127.0.0.1", ports, where, cluster).environment("review")
    return {name: value for name, value in environment.items() if name.startswith("GONGKAI_KAFKA")}


@pytest.mark.usefixtures("said")
def test_somebody_elses_kafka_is_told_who_we_are(tmp_path: Path) -> None:
    assert told(tmp_path, "kafka:9092") == {"GONGKAI_KAFKA": "kafka:9092", **SAID}


@pytest.mark.usefixtures("said")
def test_our_own_broker_asks_nobody(tmp_path: Path) -> None:
    assert told(tmp_path, "") == {"GONGKAI_KAFKA": "127.0.0.1:8006", "GONGKAI_KAFKA_SESSION": "2"}


def test_settings_that_are_not_whole_are_named(tmp_path: Path, said: pytest.MonkeyPatch) -> None:
    said.delenv("GONGKAI_KAFKA_USER")
    with pytest.raises(UserError, match="GONGKAI_KAFKA_USER") as wrong:
        told(tmp_path, "kafka:9092")
    assert "geheim" not in str(wrong.value)
