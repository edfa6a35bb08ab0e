"""Who asks: bearer tokens (JWT, Ed25519) of two issuers. `console` speaks for people, `portal` for the public.

Rights aren't in the token: they follow from the person's duties in the register. The one exception is the claim
`adm` of a deployment's administrator, who enters the first units.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeGuard

from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from gongkai.contracts.errors import BadInput, Sentence

ISSUERS = ("console", "portal")
ALGORITHM = "Ed25519"  # RFC 9864
LIFETIME = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Principal:
    """A person signed in at the console, or the public through the portal (`person` = `public`)."""

    person: str
    issuer: str
    registrar: bool = False

    @property
    def is_public(self) -> bool:
        return self.issuer == "portal"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs tokens with a private key that only its own process holds."""

    name: str
    key: OKPKey

    @classmethod
    def load(cls, name: str, keys: Path) -> "Issuer":
        return cls(name, OKPKey.import_key(json.loads((keys / f"{name}.private.jwk").read_text())))

    def issue(self, person: str, issued: datetime, *, registrar: bool = False) -> str:
        claims = {
            "iss": self.name,
            "sub": person,
            "iat": int(issued.timestamp()),
            "exp": int((issued + LIFETIME).timestamp()),
        }
        return jwt.encode(
            {"alg": ALGORITHM}, claims | ({"adm": True} if registrar else {}), self.key, [ALGORITHM]
        )


@dataclass(frozen=True, slots=True)
class Verifier:
    """Knows the public keys of the issuers, and nothing secret."""

    keys: dict[str, OKPKey]

    @classmethod
    def load(cls, keys: Path) -> "Verifier":
        return cls(
            {
                name: OKPKey.import_key(json.loads((keys / f"{name}.public.jwk").read_text()))
                for name in ISSUERS
            }
        )

    def verify(self, token: str, now: datetime) -> Principal:
        """Raises BadInput (401) for a token that is forged, expired or of no issuer known here."""
        for name, key in self.keys.items():
            try:
                claims = jwt.decode(token, key, [ALGORITHM]).claims
            except (JoseError, ValueError, RecursionError):
                continue
            person = claims.get("sub")
            if claims.get("iss") == name and isinstance(person, str) and person and _lives(claims, now):
                return Principal(person, name, name == "console" and claims.get("adm") is True)
        raise _unauthenticated()


def _lives(claims: Mapping[str, Any], now: datetime) -> bool:
    """Between `nbf` and `exp`; a token without an end is none (RFC 7519: both are numbers)."""
    starts, ends = claims.get("nbf", 0), claims.get("exp")
    if not _is_number(starts) or not _is_number(ends):
        return False
    return starts <= now.timestamp() < ends


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unauthenticated() -> BadInput:
    says = Sentence("请先登录，或换用有效的令牌。", "Sign in first, or use a valid token.")
    return BadInput("identity.unauthenticated", says, status=401)


async def principal(request: Request) -> Principal:
    """FastAPI dependency: who asks. Tokens live in real time, whatever a demo's clock says."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _unauthenticated()
    parts = request.app.state.parts
    found: Principal = parts.verifier.verify(token, parts.wall())
    return found


Asking = Annotated[Principal, Depends(principal)]
