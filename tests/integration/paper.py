"""One document of the finance bureau on its way to the public, through the services' interfaces."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from gongkai.contracts.streams import consultation_id
from gongkai.contracts.vocabulary import ConsultationKind
from gongkai.operate.databases.cluster import Cluster
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)  # 09:00 in Shanghai
ASKED = [{"unit": "water", "kind": "affects", "matters": "水费", "opinion": "拟公开"}]


@dataclass
class Paper:
    """One document of the finance bureau, on its way."""

    services: Services
    document: str

    @classmethod
    def new(cls, services: Services) -> "Paper":
        return cls(services, f"paper-{secrets.token_hex(6)}")

    async def text(self, content: str) -> str:
        stored = await self.services.clients["intake"].post(
            "/texts",
            content=f"{content}{self.document}".encode(),
            headers=self.services.bearer("finance-drafter") | {"Content-Type": "text/plain"},
        )
        return str(stored.json()["digest"])

    async def draft(self, digest: str, **more: Any) -> None:
        answer = await self.edit(digest, **more)
        assert answer.status_code == 201, answer.text

    async def edit(self, digest: str, **more: Any) -> httpx.Response:
        body = {
            "document": self.document,
            "unit": "finance",
            "title": "示例区预算公开说明",
            "attribute": "proactive",
            "summary": "预算公开",
            "digest": digest,
            "formed_on": "2025-03-03",
        }
        return await self.services.say("intake", "/documents", "finance-drafter", body | more)

    async def review(
        self, digest: str, person: str = "finance-reviewer", *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        body = {"digest": digest, "opinion": "disclose", "basis": ["条例第十九条"], "reason": "不涉密"}
        return await self.services.say("review", f"/reviews/{self.document}", person, body | more, key=key)

    async def publish(self, digest: str) -> httpx.Response:
        path = f"/publications/{self.document}"
        return await self.services.say("publishing", path, "finance-officer", {"digest": digest})

    async def lacks(self) -> list[str]:
        gate = await self.look("finance-officer")
        return [missing["code"] for missing in gate.json()["missing"]]

    async def look(self, person: str) -> httpx.Response:
        return await self.services.ask("publishing", f"/publications/{self.document}/gate", person)

    async def withdraw_review(self, digest: str) -> httpx.Response:
        body = {"digest": digest, "reason": "发现尚未公开的内容"}
        return await self.services.say(
            "review", f"/reviews/{self.document}/withdrawal", "finance-reviewer", body
        )

    async def answer_consultation(self, digest: str, **more: Any) -> httpx.Response:
        """For the water bureau, which is asked (`ASKED`)."""
        return await self._consultation(digest, "answer", {"agrees": True} | more)

    async def object_to(self, digest: str) -> httpx.Response:
        return await self._consultation(
            digest, "objection", {"reason": "标准尚未批准", "signed_by": "water-deputy"}
        )

    async def _consultation(self, digest: str, act: str, body: dict[str, Any]) -> httpx.Response:
        letter = consultation_id(self.document, digest, "water", ConsultationKind.AFFECTS)
        return await self.services.say("review", f"/consultations/{letter}/{act}", "water-officer", body)


@asynccontextmanager
async def district_of(
    cluster: Cluster, broker: str, folder: Path, *, real_time: bool = False
) -> AsyncIterator[Services]:
    """Running services, with the units that the documents here concern. The clock stands, but for `real_time`."""
    async with running_services(cluster, broker, folder, None if real_time else MONDAY) as made:
        entries = [
            unit("finance"),
            unit("water"),
            unit("health"),
            unit("secrecy", roles=["secrecy"]),
            unit("inspection", roles=["supervision"]),
        ]
        for entry in entries:
            answer = await made.say("intake", "/units", "registrar", entry)
            assert answer.status_code == 201, answer.text
        yield made
