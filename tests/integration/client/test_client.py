"""An agency's first calls, by the client that it installs: registered, handed in, told exactly what is wrong."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from gongkai.client import Client, Problem, Unreachable
from gongkai.operate.databases.cluster import Cluster
from tests.integration.running_services import running_services, unit


async def test_an_agency_hands_in_a_draft_and_is_told_what_is_wrong_with_another(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> None:
    start = datetime(2025, 3, 3, 1, tzinfo=UTC)
    async with running_services(fresh_database, broker, tmp_path, start, services=("intake",)) as made:
        registrar = made.bearer("registrar", registrar=True)["Authorization"].removeprefix("Bearer ")
        drafter = made.bearer("finance-drafter")["Authorization"].removeprefix("Bearer ")
        client = Client({"intake": "http://intake"}, http=made.clients["intake"])
        await client.register_unit(registrar, uuid4(), unit("finance"))
        digest = await client.put_text(drafter, f"全文{secrets.token_hex(4)}".encode())
        draft = {"unit": "finance", "title": "示例区预算", "digest": digest, "formed_on": "2025-03-03"}
        command = uuid4()
        first = await client.draft(drafter, command, draft | {"attribute": "proactive"})
        again = await client.draft(drafter, command, draft | {"attribute": "proactive"})
        assert (again.id, again.place, again.repeated) == (first.id, first.place, True)
        with pytest.raises(Problem) as told:
            await client.draft(drafter, uuid4(), draft)
        assert told.value.code == "document.no-attribute"
        assert told.value.document["field"] == "/attribute"


async def test_a_service_that_is_away_is_asked_until_patience_ends() -> None:
    asked = []

    def away(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["idempotency-key"])
        return httpx.Response(503, headers={"Retry-After": "1"})

    async with Client(
        {"review": "http://review"}, patience=0.3, http=httpx.AsyncClient(transport=httpx.MockTransport(away))
    ) as client:
        with pytest.raises(Unreachable):
            await client.examine("token", uuid4(), "a-document", {})
    assert len(asked) > 1
    assert len(set(asked)) == 1
