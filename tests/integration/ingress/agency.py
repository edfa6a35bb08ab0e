"""An agency's system at the ingress: its events, and how it hands them in."""

import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from joserfc import jwe
from joserfc.jwk import ECKey

from gongkai.contracts.ingress import BATCH, DRAFTED, ONE, RECEIVED
from gongkai.intake.ingress.access import topic_of
from gongkai.ledger import read
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime.identity import Issuer
from gongkai.runtime.topology import log_for
from tests.integration.running_services import NOBODY, Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)  # 09:00 in Shanghai
MAY = ["draft", "application", "answer"]
APPLICANT = {"name": "示例申请人", "id_number": "110101199003070000", "contact": "示例电话"}


@dataclass
class Agency:
    """A unit's system `<unit>-oa`, and the services that it hands in to."""

    services: Services
    unit: str = "finance"

    @property
    def system(self) -> str:
        return f"{self.unit}-oa"

    @property
    def topic(self) -> str:
        return topic_of(self.services.cluster.database, self.system)

    @property
    def bearer(self) -> dict[str, str]:
        issuer = Issuer.load("console", self.services.keys)
        return {
            "Authorization": f"Bearer {issuer.issue_for_system(self.system, self.unit, datetime.now(UTC))}"
        }

    async def post(
        self, body: Any, media: str = ONE, *, path: str = "/v1/events", **headers: str
    ) -> httpx.Response:
        """One request. `body` is JSON, or bytes as they are."""
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self.services.clients["intake"].post(
            path, headers=self.bearer | {"Content-Type": media} | headers, **content
        )

    async def batch(self, *events: Any) -> list[dict[str, Any]]:
        answer = await self.post(list(events), BATCH)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()
        return results

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.services.clients["intake"].get(path, headers=self.bearer, params=params)

    async def size(self) -> int:
        """Records in intake's log."""
        return await read.size(self.services.deps["intake"].pool, log_for("intake"))


def event(data: Any, kind: str = DRAFTED, **more: Any) -> dict[str, Any]:
    """A CloudEvent, structured, with an id of its own."""
    return {
        "specversion": "1.0",
        "id": secrets.token_hex(8),
        "source": "https://oa.finance.example/",
        "type": kind,
        "datacontenttype": "application/json",
        "data": data,
    } | more


def drafted(unit: str = "finance", **more: Any) -> dict[str, Any]:
    """A draft's data, with its text."""
    return {
        "unit": unit,
        "title": "示例区预算公开说明",
        "attribute": "proactive",
        "summary": "预算公开",
        "text": f"示例区预算公开说明。{secrets.token_hex(4)}",
        "formed_on": "2025-03-03",
    } | more


def applied(unit: str = "finance", **more: Any) -> dict[str, Any]:
    """An application's data, as it came by letter."""
    return {
        "unit": unit,
        "channel": "letter",
        "applicant": dict(APPLICANT),
        "request": {"description": "2024年决算"},
        "received_on": "2025-03-03",
    } | more


def application(**more: Any) -> dict[str, Any]:
    return event(applied(), RECEIVED, **more)


async def box(agency: Agency, said: dict[str, Any], **fields: Any) -> str:
    """What only the deployment can open: fields of an event that are personal."""
    key = (await agency.get("/v1/keys")).json()["keys"][0]
    header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": key["kid"]}
    plain = json.dumps({"source": said["source"], "id": said["id"]} | fields)
    return jwe.encrypt_compact(header, plain, ECKey.import_key(key))


@asynccontextmanager
async def agency_at(
    cluster: Cluster,
    broker: str,
    folder: Path,
    services: tuple[str, ...] = ("intake",),
    users: Mapping[str, str] = NOBODY,
) -> AsyncIterator[Agency]:
    """Two units and a system of each, with these services running."""
    async with running_services(cluster, broker, folder, MONDAY, services=services, users=users) as made:
        for name in ("finance", "water"):
            answer = await made.say("intake", "/units", "registrar", unit(name))
            assert answer.status_code == 201, answer.text
            system = {"system": f"{name}-oa", "name": "示例办公系统", "unit": name, "may": MAY}
            answer = await made.say("intake", "/systems", "registrar", system)
            assert answer.status_code == 201, answer.text
        yield Agency(made)
