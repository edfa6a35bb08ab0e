"""What people of the demo do: commands to the services, forms at the portal; each with an idempotency key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Command:
    """One command of one person. A `bytes` body is a text for the content store."""

    service: str
    path: str
    person: str
    body: Mapping[str, Any] | bytes
    key: UUID
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class PortalForm:
    """An application that somebody of the public types into the portal's form."""

    fields: Mapping[str, str]
    key: UUID


@dataclass(frozen=True, slots=True)
class Signature:
    """A signer's word on what waits for it in a case, as soon as it does."""

    case: str
    person: str
    decision: Literal["give", "return"]
    opinion: str
    key: UUID


Kind = Literal["register", "draft", "review", "publish", "receive", "answer", "sign"]


@dataclass(frozen=True, slots=True)
class Task:
    """Steps that follow each other within a day. Tasks of a day are on different streams: their order is free, but for
    signatures, which wait for what they sign and so come last."""

    kind: Kind
    steps: tuple[Command | PortalForm | Signature, ...]
