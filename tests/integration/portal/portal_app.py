"""The portal running over the other services in one process, and publishing a document to read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from gongkai.operate.databases.cluster import writer
from gongkai.portal.app import create
from gongkai.portal.settings import PortalSettings
from gongkai.portal.site import Site
from tests.integration.running_services import SESSION, Services


@asynccontextmanager
async def portal_app(services: Services, broker: str, site: Site | None = None) -> AsyncIterator[FastAPI]:
    """The portal, in the same process, asking intake without a network."""
    settings = PortalSettings(
        service="portal",
        dsn=SecretStr(services.cluster.dsn(writer("portal"))),
        kafka=broker,
        kafka_prefix=services.cluster.database,
        kafka_session=SESSION,
        token_keys=services.keys,
    )
    app = create(settings, site or Site(name="示例区人民政府信息公开", organiser="示例区人民政府办公室"))
    async with app.router.lifespan_context(app):
        intake = app.state.page_dependencies.intake
        intake.http, intake.url = services.clients["intake"], ""
        services.deps["portal"] = app.state.deps
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as client:
            services.clients["portal"] = client
            yield app


async def publish(services: Services, unit: str, content: str | bytes, **draft: Any) -> str:
    """Draft, review and publish a text; its document id. The unit has the officers of `running_services.unit`."""
    media = {"Content-Type": draft.pop("media_type", "text/plain")}
    raw = content.encode() if isinstance(content, str) else content
    answer = await services.clients["intake"].post(
        "/texts", content=raw, headers=services.bearer(f"{unit}-drafter") | media
    )
    assert answer.status_code == 201, answer.text
    digest = answer.json()["digest"]
    body = {"unit": unit, "attribute": "proactive", "digest": digest, "formed_on": "2025-03-03"} | draft
    made = await services.say("intake", "/documents", f"{unit}-drafter", body)
    assert made.status_code == 201, made.text
    document = str(made.json()["id"])
    await services.settled()
    opinion = {"digest": digest, "opinion": "disclose", "basis": ["条例第十九条"], "reason": "不涉及国家秘密"}
    reviewed = await services.say("review", f"/reviews/{document}", f"{unit}-reviewer", opinion)
    assert reviewed.status_code == 201, reviewed.text
    await services.settled()
    out = await services.say("publishing", f"/publications/{document}", f"{unit}-officer", {"digest": digest})
    assert out.status_code == 201, out.text
    await services.seen("portal", out.json()["place"])
    return document
