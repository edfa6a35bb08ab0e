"""How one proves to Kafka who one is: the same answer for every client, and the password in no log."""

from pathlib import Path
from typing import Any

import pytest
from faststream.kafka.security import parse_security
from pydantic import SecretStr, ValidationError

from gongkai.ledger.brokers import Brokers
from gongkai.ledger.kafka_consumer import faststream_security
from gongkai.runtime.settings import KafkaSettings

SAID = {
    "GONGKAI_KAFKA": "one:9092,two:9092",
    "GONGKAI_KAFKA_PROTOCOL": "SASL_PLAINTEXT",
    "GONGKAI_KAFKA_USER": "gongkai-intake",
    "GONGKAI_KAFKA_PASSWORD": "geheim",
}


@pytest.fixture(autouse=True)
def _unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SAID, "GONGKAI_KAFKA_MECHANISM", "GONGKAI_KAFKA_CA"):
        monkeypatch.delenv(name, raising=False)


def test_a_kafka_that_asks_nobody_is_reached_as_ever() -> None:
    brokers = KafkaSettings().brokers
    assert brokers == Brokers("127.0.0.1:9092")
    assert not brokers.secured
    assert brokers.client() == {
        "bootstrap_servers": "127.0.0.1:9092",
        "security_protocol": "PLAINTEXT",
    }


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"])
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_every_client_shows_the_same_name_and_password(protocol: Any, mechanism: Any) -> None:
    brokers = Brokers("one:9092", protocol, mechanism, "gongkai-intake", SecretStr("geheim"))
    client = brokers.client()
    tls = client.pop("ssl_context", None)
    assert (tls is not None) is (protocol == "SASL_SSL")
    assert client == {
        "bootstrap_servers": "one:9092",
        "security_protocol": protocol,
        "sasl_mechanism": mechanism,
        "sasl_plain_username": "gongkai-intake",
        "sasl_plain_password": "geheim",
    }
    in_its_words = parse_security(faststream_security(brokers))
    assert (in_its_words.pop("ssl_context") is not None) is (protocol == "SASL_SSL")
    assert {"bootstrap_servers": "one:9092"} | in_its_words == client
    assert brokers.principal == "User:gongkai-intake"


def test_tls_checks_who_the_broker_is(tmp_path: Path) -> None:
    tls = Brokers("one:9092", "SSL").client()["ssl_context"]
    assert tls.check_hostname
    with pytest.raises(OSError, match=r"nowhere|No such file"):
        Brokers("one:9092", "SSL", ca=tmp_path / "nowhere.pem").client()


def test_the_password_is_in_nothing_that_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in SAID.items():
        monkeypatch.setenv(name, value)
    settings = KafkaSettings()
    assert settings.brokers.password == SecretStr("geheim")
    assert "geheim" not in f"{settings!r} {settings.brokers!r} {faststream_security(settings.brokers)!r}"
    monkeypatch.setenv("GONGKAI_KAFKA_MECHANISM", "geheim")
    with pytest.raises(ValidationError) as wrong:
        KafkaSettings()
    assert "geheim" not in str(wrong.value)


def test_the_password_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "gongkai_kafka_password").write_text("aus der Datei\n")
    read = KafkaSettings(_secrets_dir=tmp_path, kafka_protocol="SASL_SSL", kafka_user="gongkai-intake")
    assert read.brokers.password == SecretStr("aus der Datei")


@pytest.mark.parametrize("lacking", ["GONGKAI_KAFKA_USER", "GONGKAI_KAFKA_PASSWORD"])
def test_sasl_without_name_or_password_is_no_setting(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SAID.items():
        if name != lacking:
            monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match="GONGKAI_KAFKA_USER and GONGKAI_KAFKA_PASSWORD"):
        KafkaSettings()
