"""The table of rights: no endpoint stands beside it, and what is written about it is what the code says."""

import importlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from joserfc.jwk import OKPKey
from pydantic import SecretStr
from starlette.routing import BaseRoute, Mount
from typer.testing import CliRunner

from gongkai.cli.commands.rights import app as command
from gongkai.operate.interfaces import rights
from gongkai.operate.services import installed
from gongkai.rules.requirements import requirements
from gongkai.runtime.identity import ISSUERS
from gongkai.runtime.rights import COMMON, Rules, actions_of, published
from gongkai.runtime.rights.published import document, labels
from gongkai.runtime.rights.table import as_markdown

DOCS = Path(__file__).parents[3] / "docs"
UNGUARDED = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}  # FastAPI's own: descriptions


def every(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """All routes, those of included routers with them."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from every(included.routes)


@pytest.mark.parametrize("service", installed())
def test_every_route_of_every_service_is_for_an_action(service: str, tmp_path: Path) -> None:
    for name in ISSUERS:
        key = OKPKey.generate_key("Ed25519")
        (tmp_path / f"{name}.private.jwk").write_text(json.dumps(key.as_dict(private=True)))
    declared = installed()[service]
    nowhere = SecretStr("postgresql://nowhere")
    databases: dict[str, Any] = {"dsn": nowhere} | (
        {"keys_dsn": nowhere} if declared.holds_personal_keys else {}
    )
    settings = declared.settings(**databases, service=service, token_keys=tmp_path)
    app = importlib.import_module(f"{declared.package}.app").create(settings)
    routes = list(every(app.routes))
    assert len(routes) > 1
    for route in routes:
        if isinstance(route, Mount):
            assert route.path.startswith("/static/")
        elif isinstance(route, APIRoute):
            assert actions_of(route.endpoint), f"{route.path} is for no action of the table"
        else:
            assert getattr(route, "path", "") in UNGUARDED


def test_every_action_has_its_rule_with_a_clause_that_there_is() -> None:
    declared = [*COMMON, *(action for each in installed().values() for action in each.all_rules)]
    assert sorted(declared) == sorted(published())
    assert {rule.clause for rule in published().values()} <= set(requirements())


def test_what_services_declare_is_read_back_from_the_file_as_it_was() -> None:
    listed: list[tuple[str, str, str, Rules]] = [(name, *words, {}) for name, words in labels().items()]
    again = document([*listed[:-1], (*listed[-1][:3], published())])
    assert again == rights.document()


def test_the_page_is_written_from_the_code() -> None:
    assert (DOCS / "rights.md").read_text() == as_markdown(), "gongkai rights --markdown > docs/rights.md"


def test_the_command_says_the_same() -> None:
    told = json.loads(CliRunner().invoke(command, ["rights", "--json"]).output)
    assert {entry["action"] for entry in told} == set(published())
    assert CliRunner().invoke(command, ["rights", "--markdown"]).output == as_markdown()
    assert "保密审查" in CliRunner().invoke(command, ["rights"]).output
