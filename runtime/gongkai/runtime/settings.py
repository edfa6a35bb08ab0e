"""What a process is told at start: by environment (`GONGKAI_…`) or by files of the same names in a secrets folder."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gongkai.ledger.brokers import Brokers, Mechanism, Protocol

ServiceName = Literal["intake", "review", "publishing", "scoring", "console", "portal"]
SERVICES: tuple[ServiceName, ...] = ("intake", "review", "publishing", "scoring", "console", "portal")


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
    def _proved(self) -> Self:
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
    """One service's settings."""

    service: ServiceName
    host: str = "127.0.0.1"
    port: int = 8080
    dsn: SecretStr  # writer role of the service
    keys_dsn: SecretStr | None = None  # intake only: the database with the keys of persons
    partitions: int = 4  # of a topic, fixed at creation
    replication: int = 1
    kafka_session: float = 6.0  # seconds without a heartbeat until a consumer counts as gone
    kafka_prefix: str = "gongkai"  # of topics and consumer groups: deployments may share a Kafka
    log_keys: Path | None = None  # folder with <log>.key for each log of the service; None: nothing is signed
    witness_url: str | None = None  # who cosigns, and the key that its answers are signed with
    witness_vkey: str | None = None
    metrics_token: SecretStr | None = None  # portal: who shows it reads /metrics; None: this machine alone
    token_keys: Path  # folder with <issuer>.public.jwk; the issuers' private keys beside them
    oidc_issuer: str | None = None  # console: who says who people are; None: local accounts only
    oidc_client_id: str | None = None
    oidc_secret_file: Path | None = None  # the client's secret, where it has one
    oidc_claim: str = "sub"  # which claim names the person
    oidc_scope: str = "openid"
    oidc_label: str = ""  # what the sign-in page calls it
    intake_url: str = "http://127.0.0.1:8081"
    review_url: str = "http://127.0.0.1:8082"
    publishing_url: str = "http://127.0.0.1:8083"
    scoring_url: str = "http://127.0.0.1:8084"
    console_url: str = "http://127.0.0.1:8080"
    portal_url: str = "http://127.0.0.1:8090"  # as the public writes it: its links begin so
    log_level: str = "info"

    def url(self, service: ServiceName) -> str:
        return str(getattr(self, f"{service}_url"))
