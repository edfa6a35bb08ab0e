"""A Kafka that asks who one is, as its administrator sees it: users are made, and the services get their rights."""

import argparse
import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its __init__ doesn't say what it exports
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

BROKERS = os.environ.get("GONGKAI_TEST_KAFKA", "")
SECURED = bool(BROKERS and os.environ.get("GONGKAI_KAFKA_USER"))
GUIDE = Path(__file__).parents[3] / "deploy" / "README.md"


class Administrator:
    """By the name and password that the brokers were started with."""

    def __init__(self) -> None:
        self._client = AdminClient(
            as_user(os.environ["GONGKAI_KAFKA_USER"], os.environ["GONGKAI_KAFKA_PASSWORD"])
        )

    def user(self, name: str) -> str:
        """Make it, or give it another password; which."""
        password = secrets.token_urlsafe(16)
        credential = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
        made = UserScramCredentialUpsertion(name, credential, password.encode())
        for each in self._client.alter_user_scram_credentials([made]).values():
            each.result(30)
        return password

    def service(self, service: str, prefix: str) -> str:
        """Its user, with the rights that the guide gives it and no more; the password."""
        user = f"gongkai-{service}"
        entries = [entry for entry in guided(prefix) if entry.principal == f"User:{user}"]
        for each in self._client.create_acls(entries).values():
            each.result(30)
        return self.user(user)


def guided(prefix: str) -> Iterator[Any]:
    """What the commands of the guide would set, for topics and groups that begin so."""
    [block] = re.findall(r"```bash\n(allow\(\).*?)```", GUIDE.read_text(), re.DOTALL)
    aside = 'kafka-acls.sh() { echo "$@"; }\nKAFKA=localhost\n'
    command = ["bash", "-euc", aside + block]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in said.splitlines():
        asked = _options().parse_args(line.split())
        kind, name = ResourceType.BROKER, "kafka-cluster"
        if not asked.cluster:
            kind = ResourceType.TOPIC if asked.topic else ResourceType.GROUP
            name = re.sub(r"^gongkai\.", f"{prefix}.", asked.topic or asked.group)
        yield AclBinding(
            kind,
            name,
            ResourcePatternType[asked.resource_pattern_type.upper()],
            asked.allow_principal,
            "*",
            AclOperation[asked.operation.upper()],
            AclPermissionType.ALLOW,
        )


def _options() -> argparse.ArgumentParser:
    """Those of kafka-acls.sh that the guide uses."""
    parser = argparse.ArgumentParser()
    for name in ("bootstrap-server", "command-config", "allow-principal", "operation", "topic", "group"):
        parser.add_argument(f"--{name}")
    for name in ("add", "cluster"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--resource-pattern-type", default="literal")
    return parser


def as_user(name: str, password: str) -> dict[str, Any]:
    """How confluent-kafka is told where the broker is, and who one is there."""
    return {
        "bootstrap.servers": BROKERS,
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": os.environ["GONGKAI_KAFKA_CA"],
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": name,
        "sasl.password": password,
    }
