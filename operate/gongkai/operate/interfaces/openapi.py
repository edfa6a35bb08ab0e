"""The OpenAPI document of every service that has an API for programs."""

import json
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey
from pydantic import SecretStr

from gongkai.operate.services import installed
from gongkai.runtime.declaration import Service
from gongkai.runtime.identity import ISSUERS


def documents() -> dict[str, dict[str, Any]]:
    """By service. The applications are put together as they are served, but not started: no database is asked."""
    with tempfile.TemporaryDirectory() as folder:
        for issuer in ISSUERS:  # a key of no deployment
            key = OKPKey.generate_key("Ed25519")
            (Path(folder) / f"{issuer}.private.jwk").write_text(json.dumps(key.as_dict(private=True)))
        return {name: _of(each, Path(folder)) for name, each in installed().items() if each.interface}


def _of(service: Service, keys: Path) -> dict[str, Any]:
    create = import_module(f"{service.package}.app").create
    nowhere = SecretStr("postgresql://")
    databases: dict[str, Any] = {"dsn": nowhere} | (
        {"keys_dsn": nowhere} if service.holds_personal_keys else {}
    )
    settings = service.settings(**databases, service=service.name, token_keys=keys, log_level="warning")
    document: dict[str, Any] = create(settings).openapi()
    return document
