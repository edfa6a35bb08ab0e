"""统一身份认证: sign-in at any OpenID Connect issuer (Core 1.0): authorization code with PKCE, state and nonce.

The issuer says who somebody is, and nothing more: what he may do, the register says. Administrators sign in here.
"""

import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gongkai.identity.settings import SignInSettings
from gongkai.ledger.read import Connection

ALGORITHMS: Final = ["RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA"]
FLOW_LIFETIME: Final = timedelta(minutes=10)  # a sign-in in progress
DESCRIPTION_LIFETIME: Final = timedelta(hours=1)  # the issuer's own description
LEEWAY: Final = 60  # seconds that clocks may differ
CALLBACK: Final = "/sign-in/oidc/back"

_PERSON = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_log = structlog.get_logger(__name__)


class NotSignedIn(Exception):
    """The issuer didn't say who it is, or what it said doesn't hold. `why`: for the log, without anything secret."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in in progress: `state` for the browser's cookie, and the address that it is redirected to."""

    state: str
    to: str


@dataclass(slots=True)
class Provider:
    """One issuer, by its own description, which is asked for when it is needed and kept for an hour."""

    issuer: str
    client_id: str
    secret: str | None
    claim: str
    scope: str
    callback: str
    label: str = ""
    _described: Mapping[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None
    _until: datetime | None = None

    @classmethod
    def of(cls, settings: SignInSettings) -> "Provider | None":
        """As the settings say; None where they name no issuer. Raises ValueError for one that isn't https."""
        if settings.oidc_issuer is None or settings.oidc_client_id is None:
            return None
        where = urlsplit(settings.oidc_issuer)
        if where.scheme != "https" and where.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("GONGKAI_OIDC_ISSUER has to begin with https://")
        file = settings.oidc_secret_file
        return cls(
            issuer=settings.oidc_issuer.rstrip("/"),
            client_id=settings.oidc_client_id,
            secret=file.read_text().strip() if file else None,
            claim=settings.oidc_claim,
            scope=settings.oidc_scope,
            callback=settings.console_url.rstrip("/") + CALLBACK,
            label=settings.oidc_label,
        )

    async def begin(self, http: httpx.AsyncClient, pool: Connection, after: str, now: datetime) -> Flow:
        """Where the browser is to go. Raises NotSignedIn."""
        described = await self._description(http, now)
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        await pool.execute("DELETE FROM oidc_flow WHERE started_at < $1", now - FLOW_LIFETIME)
        await pool.execute(
            "INSERT INTO oidc_flow VALUES ($1, $2, $3, $4, $5)", _digest(state), nonce, verifier, after, now
        )
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "scope": self.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": urlsafe_b64encode(_digest(verifier)).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        endpoint = str(described["authorization_endpoint"])
        return Flow(state, f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}")

    async def finish(
        self,
        http: httpx.AsyncClient,
        pool: Connection,
        given: Mapping[str, str],
        state_cookie: str | None,
        now: datetime,
    ) -> tuple[str, str]:
        """The person, and the address to go on to. Each flow is good for once. Raises NotSignedIn."""
        state = given.get("state", "")
        if not state_cookie or not compare_digest(state_cookie.encode(), state.encode()):
            raise NotSignedIn("the state isn't this browser's")
        row = await pool.fetchrow(
            "DELETE FROM oidc_flow WHERE state = $1 AND started_at > $2 RETURNING nonce, verifier, after",
            _digest(state),
            now - FLOW_LIFETIME,
        )
        if row is None:
            raise NotSignedIn("no such flow, or it took too long")
        if given.get("iss", self.issuer).rstrip("/") != self.issuer:  # RFC 9207
            raise NotSignedIn("the answer is another issuer's")
        if "code" not in given:
            raise NotSignedIn(f"the issuer refused: {given.get('error', '')[:40]!r}")
        token = await self._exchange(http, given["code"], row["verifier"], now)
        claims = await self._claims(http, token, row["nonce"], now)
        return await self._person(pool, claims), row["after"]

    async def _exchange(self, http: httpx.AsyncClient, code: str, verifier: str, now: datetime) -> str:
        described = await self._description(http, now)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.callback}
        form |= {"code_verifier": verifier, "client_id": self.client_id}
        auth = (self.client_id, self.secret) if self.secret else None
        answer = await _request_json(http, "POST", str(described["token_endpoint"]), data=form, auth=auth)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotSignedIn("no id_token")
        return token

    async def _claims(
        self, http: httpx.AsyncClient, token: str, nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        """The claims of an ID token (Core 1.0, 3.1.3.7). A key that isn't known yet is asked for once."""
        try:
            decoded = jwt.decode(token, await self._key_set(http, now), ALGORITHMS)
        except (JoseError, ValueError):
            self._keys = None
            try:
                decoded = jwt.decode(token, await self._key_set(http, now), ALGORITHMS)
            except (JoseError, ValueError) as error:
                raise NotSignedIn(f"the id_token isn't the issuer's: {type(error).__name__}") from None
        wanted = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        claims = dict(decoded.claims)
        claims["iss"] = str(claims.get("iss", "")).rstrip("/")
        try:
            wanted.validate(claims)
        except JoseError as error:
            raise NotSignedIn(f"the id_token doesn't hold: {error.error}") from None
        if claims.get("azp", self.client_id) != self.client_id:
            raise NotSignedIn("the id_token is for somebody else")
        return claims

    async def _person(self, pool: Connection, claims: Mapping[str, Any]) -> str:
        """The person that the claim names: the one it was mapped to here, or else the one with exactly that id.

        An issuer's names are case-sensitive (Core 1.0, 2): Li-Qiang may be somebody else than li-qiang, and folding the
        case would sign the one in as the other; Unicode also folds letters of other scripts into ASCII. Where an issuer
        writes ids differently, the security administrator maps its names.
        """
        name = claims.get(self.claim)
        if not isinstance(name, str) or not name:
            raise NotSignedIn(f"no claim {self.claim}")
        mapped: str | None = await pool.fetchval(
            "SELECT person FROM oidc_person WHERE issuer = $1 AND name = $2", self.issuer, name
        )
        person = mapped or name
        if not _PERSON.fullmatch(person):
            raise NotSignedIn("the name is nobody's id, and is mapped to nobody")
        return person

    async def _description(self, http: httpx.AsyncClient, now: datetime) -> Mapping[str, Any]:
        if self._until is None or self._until <= now:
            found = await _request_json(http, "GET", f"{self.issuer}/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if str(found.get("issuer", "")).rstrip("/") != self.issuer or any(n not in found for n in needed):
                raise NotSignedIn("the issuer describes itself otherwise")
            self._described, self._until, self._keys = found, now + DESCRIPTION_LIFETIME, None
        return self._described

    async def _key_set(self, http: httpx.AsyncClient, now: datetime) -> KeySet:
        described = await self._description(http, now)
        if self._keys is None:
            found = await _request_json(http, "GET", str(described["jwks_uri"]))
            try:
                self._keys = KeySet.import_key_set({"keys": list(found["keys"])})
            except (JoseError, ValueError, KeyError, TypeError):
                raise NotSignedIn("the issuer's keys can't be read") from None
        return self._keys


async def map_identity(conn: Connection, issuer: str, name: str, person: str) -> None:
    """From now on the issuer's `name` means this person."""
    await conn.execute(
        "INSERT INTO oidc_person VALUES ($1, $2, $3) ON CONFLICT (issuer, name) DO UPDATE SET person = $3",
        issuer,
        name,
        person,
    )


async def mapped_identities(pool: Connection, issuer: str) -> list[Any]:
    rows: list[Any] = await pool.fetch(
        "SELECT name, person FROM oidc_person WHERE issuer = $1 ORDER BY person, name", issuer
    )
    return rows


async def _request_json(http: httpx.AsyncClient, method: str, url: str, **request: Any) -> Mapping[str, Any]:
    try:
        answer = await http.request(method, url, headers={"Accept": "application/json"}, **request)
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise NotSignedIn(f"the issuer doesn't answer: {type(error).__name__}") from None
    if not answer.is_success or not isinstance(found, Mapping):
        raise NotSignedIn(f"the issuer answered {answer.status_code}")
    return found


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
