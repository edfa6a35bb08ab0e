"""Tokens: only whole ones, of an issuer known here, within their time (等保: identity)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from gongkai.contracts.errors import BadInput
from gongkai.runtime.identity import ALGORITHM, LIFETIME, Issuer, Principal, Verifier

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
KEYS = {name: OKPKey.generate_key("Ed25519") for name in ("console", "portal")}
VERIFIER = Verifier({name: OKPKey.import_key(key.as_dict(private=False)) for name, key in KEYS.items()})
CLAIMS: dict[str, Any] = {"iss": "console", "sub": "finance-head", "exp": int(NOW.timestamp()) + 60}


def signed(key: OKPKey = KEYS["console"], **claims: Any) -> str:
    """A token with these claims; one that is ... is left out."""
    said = {name: value for name, value in (CLAIMS | claims).items() if value is not ...}
    return jwt.encode({"alg": ALGORITHM}, said, key, [ALGORITHM])


def refused(token: str, now: datetime = NOW) -> bool:
    with pytest.raises(BadInput) as error:
        VERIFIER.verify(token, now)
    return error.value.status == 401


@pytest.mark.parametrize("name", ["console", "portal"])
def test_an_issuers_token_says_who_asks(name: str) -> None:
    token = Issuer(name, KEYS[name]).issue("somebody", NOW, registrar=True)
    assert VERIFIER.verify(token, NOW) == Principal("somebody", name, name == "console")


def test_a_token_ends_with_its_time() -> None:
    token = Issuer("console", KEYS["console"]).issue("somebody", NOW)
    assert VERIFIER.verify(token, NOW + LIFETIME - timedelta(seconds=1)).person == "somebody"
    assert refused(token, NOW + LIFETIME)


def test_a_token_of_a_foreign_issuer_or_key_is_none() -> None:
    assert refused(signed(iss="elsewhere"))
    assert refused(signed(key=OKPKey.generate_key("Ed25519")))
    assert refused(signed(key=KEYS["portal"]))  # the public's key can't speak for an officer
    assert refused(signed(iss="portal"))


def test_a_token_holds_from_its_beginning_on() -> None:
    token = signed(nbf=int(NOW.timestamp()) + 30)
    assert refused(token)
    assert VERIFIER.verify(token, NOW + timedelta(seconds=30)).person == "finance-head"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": "abc"},
        {"exp": None},
        {"exp": ...},
        {"exp": True},
        {"exp": [1]},
        {"sub": ...},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"nbf": "abc"},
        {"nbf": None},
        {"iss": ...},
    ],
)
def test_a_signed_token_that_is_not_whole_is_refused(claims: dict[str, Any]) -> None:
    assert refused(signed(**claims))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "\0", "." * 20_000])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refused(token)


def test_a_token_without_a_signature_is_refused() -> None:
    head, body, _ = signed().split(".")
    assert refused(f"{head}.{body}.")
