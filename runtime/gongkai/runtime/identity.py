"""Who asks: bearer tokens (JWT, Ed25519) of two issuers. `console` speaks for people and for agencies' systems,
`portal` for the public.

Rights aren't in the token: they follow from the register. The exceptions are the claims of a deployment's
administrators, who are nobody's officers: `adm` enters units and systems, `sec` gives out accounts and keys.
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
SYSTEM_LIFETIME = timedelta(minutes=15)  # a revoked key gives no new token, and what it gave is over soon


@dataclass(frozen=True, slots=True)
class Principal:
    """A person signed in at the console, an agency's system, or the public through the portal (`person` = `public`).

    A system has its own id and its unit's, and is recorded as `system:<id>`, which is its `person` here.
    """

    person: str
    issuer: str
    registrar: bool = False
    security: bool = False
    system: str | None = None
    unit: str | None = None

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

    def issue(self, person: str, issued: datetime, *, registrar: bool = False, security: bool = False) -> str:
        """A person's token, good for eight hours."""
        offices = {"adm": registrar, "sec": security}
        return self._sign(person, issued, LIFETIME, {name: True for name, held in offices.items() if held})

    def issue_for_system(self, system: str, unit: str, issued: datetime) -> str:
        """A token of an agency's system, which speaks for its unit, good for a quarter of an hour."""
        return self._sign(by_system(system), issued, SYSTEM_LIFETIME, {"sys": system, "unit": unit})

    def _sign(self, subject: str, issued: datetime, lives: timedelta, more: Mapping[str, Any]) -> str:
        claims = {
            "iss": self.name,
            "sub": subject,
            "iat": int(issued.timestamp()),
            "exp": int((issued + lives).timestamp()),
        }
        return jwt.encode({"alg": ALGORITHM}, claims | dict(more), self.key, [ALGORITHM])


@dataclass(frozen=True, slots=True)
class Verifier:
    """RightsContext the public keys of the issuers, and nothing secret."""

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
            found = _principal(name, claims) if claims.get("iss") == name and _lives(claims, now) else None
            if found is not None:
                return found
        raise _unauthenticated()


def by_system(system: str) -> str:
    """How a record names an agency's system as its author."""
    return f"system:{system}"


def _principal(issuer: str, claims: Mapping[str, Any]) -> Principal | None:
    """None for claims that don't go together: a system is named by all three of its claims, and is no administrator."""
    person, system, unit = claims.get("sub"), claims.get("sys"), claims.get("unit")
    if not isinstance(person, str) or not person:
        return None
    if system is None and not person.startswith("system:"):
        own = issuer == "console"
        return Principal(person, issuer, own and claims.get("adm") is True, own and claims.get("sec") is True)
    if not isinstance(system, str) or not isinstance(unit, str) or person != by_system(system):
        return None
    return Principal(person, issuer, system=system, unit=unit) if issuer == "console" else None


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
    deps = request.app.state.deps
    found: Principal = deps.verifier.verify(token, deps.wall())
    return found


Asking = Annotated[Principal, Depends(principal)]
