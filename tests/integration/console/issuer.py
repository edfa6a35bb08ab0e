"""An OpenID Connect issuer that speaks the protocol, and can be made to lie: for tests of the sign-in."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

ISSUER = "https://issuer.example/realm"


def a_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class FakeIssuer:
    """`name`: whom it says that the browser's person is. `lies`: claims of the next tokens that are put otherwise."""

    client: str = "gongkai"
    secret: str = "issuer-client-secret-7f3a"
    name: str = "finance-head"
    claim: str = "sub"
    lies: dict[str, Any] = field(default_factory=dict)
    signs: RSAKey = field(default_factory=lambda: a_key("first"))
    shows: list[RSAKey] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/realm/.well-known/openid-configuration", self._describe),
                Route("/realm/keys", self._keys),
                Route("/realm/authorize", self._authorize),
                Route("/realm/token", self._token, methods=["POST"]),
            ]
        )

    def rotate(self) -> None:
        """Another key signs from now on, and is shown."""
        self.signs = a_key("second")

    async def _describe(self, _: Request) -> Response:
        self.seen.append("description")
        return JSONResponse({
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        })  # fmt: skip

    async def _keys(self, _: Request) -> Response:
        self.seen.append("keys")
        return JSONResponse(KeySet([*(self.shows or [self.signs])]).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(
            f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 303
        )

    async def _token(self, request: Request) -> Response:
        form = dict(await request.form())
        asked = self.codes.pop(str(form.get("code")), None)
        challenge = (
            urlsafe_b64encode(sha256(str(form.get("code_verifier")).encode()).digest()).decode().rstrip("=")
        )
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(datetime.now(UTC).timestamp())
        claims = {"iss": ISSUER, "aud": self.client, "sub": "0-1-2", "iat": now, "exp": now + 60}
        claims |= {"nonce": asked["nonce"], self.claim: self.name} | self.lies
        header = {"alg": "RS256", "kid": self.signs.kid}
        return JSONResponse(
            {"token_type": "Bearer", "id_token": jwt.encode(header, claims, self.signs, ["RS256"])}
        )


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
