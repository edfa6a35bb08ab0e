"""A deployment on one machine, as its data folder tells it: for `up`, and for those who work on it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr, ValidationError

from gongkai.contracts.errors import UserError
from gongkai.operate.databases.cluster import KEYS, Cluster, writer
from gongkai.operate.embedded.command import OUR_CODE
from gongkai.operate.processes import status
from gongkai.operate.processes.credentials import Credentials
from gongkai.operate.services import installed
from gongkai.runtime.settings import KafkaSettings

# What a service inherits of our environment; all else, our own passwords above all, is none of its business.
_INHERITED: Final = ("HOME", "LANG", "LC_", "OTEL_", "PATH", "SSL_CERT_", "TMPDIR", "TZ")
_TUNABLE: Final = (
    "GONGKAI_KAFKA_PREFIX",
    "GONGKAI_LOG_LEVEL",
    "GONGKAI_PARTITIONS",
    "GONGKAI_REPLICATION",
)


class NotUp(UserError):
    def __init__(self, data: Path) -> None:
        super().__init__(f"{data} 未在运行，请先 gongkai up / nothing runs there: start it with gongkai up")


@dataclass(frozen=True, slots=True)
class Deployment:
    data: Path
    host: str
    ports: Mapping[str, int]
    kafka: str
    cluster: Cluster

    @classmethod
    def running(cls, data: Path) -> "Deployment":
        """The one that an `up` elsewhere keeps running. Raises NotUp."""
        now = status.read(data / "run" / "up.json")
        if now is None:
            raise NotUp(data)
        cluster = Credentials(data / "secrets").cluster(now.ports)
        return cls(data, now.host, now.ports, now.kafka, cluster)

    def url(self, service: str) -> str:
        """Where this machine reaches a service; without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._listens(service), self._listens(service))  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.ports[service]}"

    @property
    def witness_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['witness']}"

    def urls(self) -> dict[str, str]:
        return {service: self.url(service) for service in installed()}

    def environment(self, service: str) -> dict[str, str]:
        """What a service is told: its own password and keys, and everybody's address."""
        mine = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(_INHERITED) or name in _TUNABLE
        }
        mine |= {
            "PYTHONPATH": OUR_CODE,
            "PYTHONUNBUFFERED": "1",
            "GONGKAI_HOST": self._listens(service),
            "GONGKAI_PORT": str(self.ports[service]),
            "GONGKAI_DSN": self.cluster.dsn(writer(service)),
            "GONGKAI_KAFKA": self.kafka,
            "GONGKAI_TOKEN_KEYS": str(Credentials(self.data / "secrets").token_keys(service)),
        }
        mine |= {f"GONGKAI_{name.upper()}_URL": url for name, url in self.urls().items()}
        for name in (f"GONGKAI_{each.name.upper()}_URL" for each in installed().values() if each.public):
            if public := os.environ.get(name):
                mine[name] = public  # as the public writes it, behind a proxy or by another name
        if self.kafka == f"127.0.0.1:{self.ports['broker']}":
            mine["GONGKAI_KAFKA_SESSION"] = "2"  # the embedded broker lets a new group wait for half of it
        else:
            mine |= _kafka_credentials(self.kafka)
        credentials = Credentials(self.data / "secrets")
        if credentials.log_keys(service).exists():
            mine["GONGKAI_LOG_KEYS"] = str(credentials.log_keys(service))
            vkey = credentials.witness_vkey()
            if vkey is not None:
                mine |= {"GONGKAI_WITNESS_URL": self.witness_url, "GONGKAI_WITNESS_VKEY": vkey}
        if installed()[service].holds_personal_keys:
            mine["GONGKAI_KEYS_DSN"] = self.cluster.dsn(writer(KEYS))
        return mine

    def _listens(self, service: str) -> str:
        return self.host if installed()[service].browsers else "127.0.0.1"


def _kafka_credentials(kafka: str) -> dict[str, str]:
    """What `up` itself was told, by environment or by file, about how to prove to that Kafka who one is."""
    try:
        told = KafkaSettings(kafka=kafka)
    except ValidationError as error:
        raise UserError(f"Kafka 的设置有误 / wrong settings for Kafka: {error}") from error
    return {
        f"GONGKAI_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in told
        if name in told.model_fields_set
    }
