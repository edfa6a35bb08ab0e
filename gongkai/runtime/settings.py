"""What a process is told at start: by environment (`GONGKAI_…`) or by files of the same names in a secrets folder."""

import os
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ServiceName = Literal["intake", "review", "publishing", "scoring", "console", "portal"]
SERVICES: tuple[ServiceName, ...] = ("intake", "review", "publishing", "scoring", "console", "portal")


class Settings(BaseSettings):
    """One service's settings. Passwords are `SecretStr`, so that no log or trace shows them."""

    model_config = SettingsConfigDict(env_prefix="GONGKAI_", secrets_dir=os.environ.get("GONGKAI_SECRETS"))

    service: ServiceName
    host: str = "127.0.0.1"
    port: int = 8080
    dsn: SecretStr  # writer role of the service
    keys_dsn: SecretStr | None = None  # intake only: the database with the keys of persons
    kafka: str = "127.0.0.1:9092"  # bootstrap servers
    partitions: int = 4  # of a topic, fixed at creation
    replication: int = 1
    kafka_session: float = 6.0  # seconds without a heartbeat until a consumer counts as gone
    kafka_prefix: str = "gongkai"  # of topics and consumer groups: deployments may share a Kafka
    log_keys: Path | None = None  # folder with <log>.key for each log of the service; None: nothing is signed
    witness_url: str | None = None  # who cosigns, and the key that its answers are signed with
    witness_vkey: str | None = None
    token_keys: Path  # folder with <issuer>.public.jwk; the issuers' private keys beside them
    intake_url: str = "http://127.0.0.1:8081"
    review_url: str = "http://127.0.0.1:8082"
    publishing_url: str = "http://127.0.0.1:8083"
    scoring_url: str = "http://127.0.0.1:8084"
    console_url: str = "http://127.0.0.1:8080"
    portal_url: str = "http://127.0.0.1:8090"  # as the public writes it: its links begin so
    log_level: str = "info"

    def url(self, service: ServiceName) -> str:
        return str(getattr(self, f"{service}_url"))
