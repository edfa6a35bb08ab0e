"""Secrets: made once, closed to others, and each where it is needed only."""

import json
import stat
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from gongkai.operate.databases.cluster import roles
from gongkai.operate.processes.credentials import Credentials
from gongkai.operate.services import installed
from gongkai.runtime.identity import ISSUERS


@pytest.fixture
def credentials(tmp_path: Path) -> Credentials:
    made = Credentials(tmp_path / "secrets")
    made.make()
    return made


def contents(folder: Path) -> dict[str, str]:
    return {str(file): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_every_role_has_a_password_of_its_own(credentials: Credentials) -> None:
    passwords = credentials.passwords()
    assert set(passwords) >= set(roles())
    assert len(set(passwords.values())) == len(passwords)


def test_made_once(credentials: Credentials) -> None:
    before = contents(credentials.folder)
    credentials.make()
    assert contents(credentials.folder) == before


def test_a_role_that_is_new_gets_its_password_and_the_others_keep_theirs(credentials: Credentials) -> None:
    before = credentials.passwords()
    file = credentials.folder / "passwords.json"
    file.write_text(json.dumps({role: word for role, word in before.items() if role != "portal_writer"}))
    credentials.make()
    after = credentials.passwords()
    assert after.pop("portal_writer") != before.pop("portal_writer")
    assert after == before


def test_closed_to_others(credentials: Credentials) -> None:
    assert stat.S_IMODE(credentials.folder.stat().st_mode) == 0o700
    files = [path for path in credentials.folder.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize("issuer", ISSUERS)
def test_what_an_issuer_signs_all_can_check_and_none_can_sign(credentials: Credentials, issuer: str) -> None:
    private = json.loads((credentials.token_keys(issuer) / f"{issuer}.private.jwk").read_text())
    assert (private["kty"], private["crv"]) == ("OKP", "Ed25519")
    for service in installed():
        public = json.loads((credentials.token_keys(service) / f"{issuer}.public.jwk").read_text())
        assert not OKPKey.import_key(public).is_private
        assert public["kid"] == private["kid"]
        holds = (credentials.token_keys(service) / f"{issuer}.private.jwk").exists()
        assert holds == (service == issuer)
