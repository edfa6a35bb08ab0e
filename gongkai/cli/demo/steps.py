"""What people of the demo do: commands to the services, forms at the portal; each with the id that makes it count once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID, uuid5

from gongkai.runtime.settings import ServiceName

_DEMO: Final = UUID("6f6e676b-6169-4465-8d6f-000000000000")


def key(seed: int, *what: object) -> UUID:
    """The id of a command: the same seed says the same commands."""
    return uuid5(_DEMO, "/".join(map(str, (seed, *what))))


@dataclass(frozen=True, slots=True)
class Say:
    """One command of one person. A `bytes` body is a text for the content store."""

    service: ServiceName
    path: str
    person: str
    body: Mapping[str, Any] | bytes
    key: UUID
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Form:
    """An application that somebody of the public types into the portal's form."""

    fields: Mapping[str, str]
    key: UUID


Kind = Literal["draft", "review", "publish", "receive", "answer"]


@dataclass(frozen=True, slots=True)
class Errand:
    """Steps that follow each other within a day. Errands of a day are on different streams: their order is free."""

    kind: Kind
    steps: tuple[Say | Form, ...]
