"""What a process is told at start: by environment (`GONGKAI_…`) or by files of the same names in a secrets folder."""

import os
from pathlib import Path
from typing import Self

from pydantic import FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gongkai.ledger.brokers import Brokers, Mechanism, Protocol


class KafkaSettings(BaseSettings):
    """Where Kafka is and how to prove there who one is: of a service, and of who is told `--kafka`.

    Passwords are `SecretStr`, and what was wrong is named without its value, so that no log or trace shows them.
    """

    model_config = SettingsConfigDict(
        env_prefix="GONGKAI_", secrets_dir=os.environ.get("GONGKAI_SECRETS"), hide_input_in_errors=True
    )

    kafka: str = "127.0.0.1:9092"  # bootstrap servers
    kafka_protocol: Protocol = "PLAINTEXT"  # or SASL_SSL, SASL_PLAINTEXT, SSL
    kafka_mechanism: Mechanism = "SCRAM-SHA-512"
    kafka_user: str = ""
    kafka_password: SecretStr | None = None
    kafka_ca: FilePath | None = None  # PEM of who vouches for the brokers; None: whom this machine trusts

    @model_validator(mode="after")
    def _require_credentials(self) -> Self:
        if self.kafka_protocol.startswith("SASL_") and not (self.kafka_user and self.kafka_password):
            raise ValueError("SASL needs GONGKAI_KAFKA_USER and GONGKAI_KAFKA_PASSWORD")
        return self

    @property
    def brokers(self) -> Brokers:
        return Brokers(
            self.kafka,
            self.kafka_protocol,
            self.kafka_mechanism,
            self.kafka_user,
            self.kafka_password,
            self.kafka_ca,
        )


class Settings(KafkaSettings):
    """One service's settings. A service that needs others declares a class of its own, with `<service>_url` for each
    that it calls, and `keys_dsn` for the database with the keys of persons."""

    service: str
    host: str = "127.0.0.1"
    port: int = 8080
    dsn: SecretStr  # writer role of the service
    partitions: int = 4  # of a topic, fixed at creation
    replication: int = 1
    kafka_session: float = 6.0  # seconds without a heartbeat until a consumer counts as gone
    kafka_prefix: str = "gongkai"  # of topics and consumer groups: deployments may share a Kafka
    log_keys: Path | None = None  # folder with <log>.key for each log of the service; None: nothing is signed
    witness_url: str | None = None  # who cosigns, and the key that its answers are signed with
    witness_vkey: str | None = None
    metrics_token: SecretStr | None = (
        None  # public service: who shows it reads /metrics; None: this machine alone
    )
    token_keys: Path  # folder with <issuer>.public.jwk; the issuers' private keys beside them
    log_level: str = "info"

    def url(self, service: str) -> str:
        """Where another service answers. AttributeError for one that this service doesn't declare to call."""
        return str(getattr(self, f"{service}_url"))
