"""Connection settings of the Kafka brokers: addresses, protocol, credentials, as every client takes them."""

from dataclasses import dataclass
from pathlib import Path
from ssl import create_default_context
from typing import Any, Literal

from pydantic import SecretStr

Protocol = Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL", "SSL"]
Mechanism = Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]


@dataclass(frozen=True, slots=True)
class Brokers:
    """`servers` is host:port, with commas between several. The names of protocols and mechanisms are Kafka's own."""

    servers: str
    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    user: str = ""
    password: SecretStr | None = None
    ca: Path | None = None  # PEM file with the brokers' CA; None: the CAs that this machine trusts

    @property
    def secured(self) -> bool:
        """Whether the brokers authenticate clients or encrypt."""
        return self.protocol != "PLAINTEXT"

    @property
    def principal(self) -> str:
        """Our name in access lists."""
        return f"User:{self.user or 'ANONYMOUS'}"

    def client(self) -> dict[str, Any]:
        """For a client of aiokafka, as keyword arguments. Raises OSError for a CA file that can't be read."""
        known: dict[str, Any] = {"bootstrap_servers": self.servers, "security_protocol": self.protocol}
        if self.protocol.endswith("SSL"):
            known["ssl_context"] = create_default_context(cafile=self.ca)
        if self.protocol.startswith("SASL_"):
            known["sasl_mechanism"] = self.mechanism
            known["sasl_plain_username"] = self.user
            known["sasl_plain_password"] = self.password.get_secret_value() if self.password else ""
        return known
