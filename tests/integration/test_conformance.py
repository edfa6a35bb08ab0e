"""No service fails, and none answers what its OpenAPI document doesn't say, whatever it is sent and by whom.

Longer, and with another seed: GONGKAI_EXAMPLES=500 GONGKAI_SEED=7 make test ARGS="tests/integration/test_conformance.py".
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gongkai.contracts.ingress import DRAFTED
from gongkai.operate.databases.cluster import Cluster
from tests.integration.console.console_app import console_app
from tests.integration.ingress.agency import MAY, Agency, event
from tests.integration.ingress.agency import drafted as drafted_data
from tests.integration.running_services import Services, running_services, unit

EXAMPLES = int(os.environ.get("GONGKAI_EXAMPLES", "20"))  # requests of each operation
SEED = int(os.environ.get("GONGKAI_SEED", "0"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PEOPLE = (
    *(f"finance-{who}" for who in ("head", "deputy", "drafter", "reviewer", "officer")),
    "water-officer",
    "an-auditor",
    "registrar",
    "public",
    "a-stranger",
)
MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)

MOSTLY = st.sampled_from((True, True, True, True, False))

Words = Mapping[str, list[Any]]


@dataclass
class Open:
    """What is served, and words that mean something there: by name of the parameter or field."""

    services: Services
    clients: dict[str, httpx.AsyncClient]
    words: Words
    bodies: Mapping[str, Any]  # by path: one that is taken

    def headers(self) -> list[dict[str, str]]:
        """As whom a request may come; two of them have no token that counts."""
        known = [self.services.bearer(who, registrar=who == "registrar") for who in PEOPLE]
        system = Agency(self.services).bearer
        return [*known, system, system, {"Authorization": "Bearer not.a.token"}, {}]


@pytest.fixture
async def opened(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Open]:
    async with (
        running_services(fresh_database, broker, tmp_path, MONDAY) as made,
        console_app(made, broker) as console,
    ):
        transport = httpx.ASGITransport(console)
        made.clients["console"] = httpx.AsyncClient(transport=transport, base_url="http://console")
        yield await _lived_in(made)


async def _lived_in(made: Services) -> Open:
    """Two units, a draft under review and consultation, an application."""
    auditor = {"person": "an-auditor", "name": "审计员", "duties": ["auditor"]}
    for name in ("finance", "water"):
        entry = unit(name)
        entry["officers"].append(auditor)
        assert (await made.say("intake", "/units", "registrar", entry)).status_code == 201
        system = {"system": f"{name}-oa", "name": "示例办公系统", "unit": name, "may": MAY}
        assert (await made.say("intake", "/systems", "registrar", system)).status_code == 201
    agency, handed = Agency(made), event(drafted_data())
    await agency.batch(handed, event(drafted_data(attribute=None)))
    plain = {"Content-Type": "text/plain"}
    stored = await made.say("intake", "/texts", "finance-drafter", content="全文".encode(), headers=plain)
    digest = stored.json()["digest"]
    need = {"unit": "water", "kind": "affects", "matters": "水费", "opinion": "拟公开"}
    draft = {
        "unit": "finance",
        "title": "预算",
        "attribute": "proactive",
        "summary": "预算公开",
        "digest": digest,
        "formed_on": "2025-03-03",
        "consult": [need],
    }
    drafted = await made.say("intake", "/documents", "finance-drafter", draft)
    asked = {
        "unit": "finance",
        "applicant": {"name": "某人", "id_number": "1", "contact": "1"},
        "request": {"description": "预算"},
    }
    applied = (await made.say("intake", "/applications", "public", asked)).json()
    answer = {"kind": "disclosed", "text": "同意公开"}
    await made.say("intake", f"/applications/{applied['id']}/answer", "finance-officer", answer)
    await made.settled()
    case = f"application-{applied['id']}"
    stands = (await made.ask("review", f"/sign-offs/{case}", "finance-officer")).json()
    signature = {name: stands[name] for name in ("subject", "digest")}
    consultation = await made.deps["review"].pool.fetchval(
        "SELECT substr(stream, 14) FROM review.log_entry WHERE stream LIKE 'consultation-%'"
    )
    words = {
        "document": [drafted.json()["id"]],
        "application": [applied["id"]],
        "consultation": [consultation],
        "case": [case],
        "proposal": [signature["subject"]],
        "subject": [signature["subject"]],
        "unit": ["finance", "water"],
        "system": [agency.system],
        "source": [handed["source"]],
        "id": [handed["id"]],
        "n": [1, 2],
        "type": [DRAFTED],
        "superior": ["water"],
        "government": ["water"],
        "jurisdiction": ["sc", "cx"],
        "digest": [digest],
        "attribute": ["proactive", "withheld"],
        "receipt": [applied["receipt"]],
        "code": [applied["code"]],
        "person": ["finance-officer", "registrar"],
        "signed_by": ["water-deputy"],
        "name": ["intake", "review"],
        "path": ["0/000", "0/000.p/1", "000", "000.p/2"],
    }
    bodies = {
        "/v1/events": event(drafted_data()),
        "/v1/sandbox/events": event(drafted_data()),
        "/v1/units/{unit}/events/{n}/mended": {"data": drafted_data()},
        "/units": unit("parks"),
        "/documents": draft,
        "/applications": asked,
        "/applications/progress": {"receipt": applied["receipt"], "code": applied["code"]},
        "/applications/{application_id}/answer": {"kind": "disclosed", "text": "同意公开"},
        "/applications/{application_id}/proposal/withdrawal": {"reason": "补充"},
        "/sign-offs/{case}": signature | {"decision": "give"},
        "/reviews/{document_id}": {"digest": digest, "opinion": "disclose", "basis": ["条例第十九条"]},
        "/consultations/{consultation_id}/answer": {"agrees": True},
    }
    return Open(made, made.clients, words, bodies)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")  # schemathesis's own
async def test_no_answer_of_any_service_is_undocumented(opened: Open) -> None:
    loop, tried = asyncio.get_running_loop(), 0
    for service, client in opened.clients.items():
        document = client._transport.app.openapi()  # type: ignore[attr-defined]  # an ASGITransport's own

        def send(client: httpx.AsyncClient = client, **request: Any) -> httpx.Response:
            return asyncio.run_coroutine_threadsafe(client.request(**request), loop).result(30)

        for found in schemathesis.openapi.from_dict(document).get_all_operations():
            operation: Any = found
            tried += 1
            try:
                await asyncio.to_thread(_conforms, operation.ok(), send, opened)
            except BaseException as error:
                error.add_note(f"{service}: {operation.ok().label}, GONGKAI_SEED={SEED}")
                raise
    assert tried >= 25


def _conforms(operation: Any, send: Callable[..., httpx.Response], opened: Open) -> None:
    takes = operation.body or any((operation.path_parameters, operation.query, operation.headers))
    modes = list(GenerationMode) if takes else [GenerationMode.POSITIVE]
    strategies = [operation.as_strategy(mode) for mode in modes]

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES if takes else 5,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(strategies), st.sampled_from(opened.headers()), st.data())
    def conforms(case: Any, who: dict[str, str], data: st.DataObject) -> None:
        if data.draw(MOSTLY):
            case.headers.pop("idempotency-key", None)
            for values in (case.path_parameters, case.query, case.body):
                _mean_something(values, opened.words, data.draw)
        if isinstance(case.body, dict) and operation.path in opened.bodies and data.draw(MOSTLY):
            odd = data.draw(st.lists(st.sampled_from(sorted(case.body)), max_size=1)) if case.body else []
            case.body = opened.bodies[operation.path] | {name: case.body[name] for name in odd}
        request = _as_httpx(case.as_transport_kwargs(base_url="http://service"), who)
        note(f"{request}")
        try:
            answer = send(**request)
        except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError):
            return  # what no HTTP client sends
        case.validate_response(answer, checks=CHECKS)

    conforms()


def _mean_something(values: Any, words: Words, draw: Any) -> None:
    """Put known ids where ids belong, mostly: else nothing is ever found."""
    if isinstance(values, list):
        for each in values:
            _mean_something(each, words, draw)
    if not isinstance(values, dict):
        return
    for name, value in values.items():
        known = words.get(name.removesuffix("_id"), [])
        if known and draw(MOSTLY):
            values[name] = draw(st.sampled_from(known))
        else:
            _mean_something(value, words, draw)


def _as_httpx(request: dict[str, Any], who: dict[str, str]) -> dict[str, Any]:
    """A request of `requests`, for httpx."""
    headers = {str(k): str(v).encode("utf-8", "replace") for k, v in (request.pop("headers") or {}).items()}
    made = {key: request[key] for key in ("method", "url", "params", "json") if request.get(key) is not None}
    if request.get("data") is not None:
        made["data" if isinstance(request["data"], dict) else "content"] = request["data"]  # a form, or bytes
    return made | {"headers": {k: v for k, v in headers.items() if k.lower() != "authorization"} | who}
