"""The console running over the other services in one process, and a browser without JavaScript."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from gongkai.console.app import create
from gongkai.console.settings import ConsoleSettings
from gongkai.operate.databases.cluster import writer
from tests.integration.running_services import SESSION, Services

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)


@asynccontextmanager
async def console_app(services: Services, broker: str, **more: Any) -> AsyncIterator[FastAPI]:
    """The console, in the same process, asking the services without a network."""
    settings = ConsoleSettings(
        service="console",
        dsn=SecretStr(services.cluster.dsn(writer("console"))),
        kafka=broker,
        kafka_prefix=services.cluster.database,
        kafka_session=SESSION,
        token_keys=services.keys,
        intake_url="http://intake",
        review_url="http://review",
        publishing_url="http://publishing",
        **more,
    )
    app = create(settings)
    async with app.router.lifespan_context(app):
        mounts = {f"all://{name}": client._transport for name, client in services.clients.items()}
        async with httpx.AsyncClient(mounts=mounts) as inside:
            app.state.deps.http = inside
            services.deps["console"] = app.state.deps
            yield app


class Browser:
    """One person's browser: cookies, pages, and forms sent with what their page holds."""

    def __init__(self, app: FastAPI) -> None:
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console.test")
        self.page = ""
        self.status = 0
        self.at = ""

    async def open(self, path: str) -> str:
        return self._take(await self.client.get(path, follow_redirects=True))

    async def send(self, action: str, **fields: Any) -> str:
        """Send the form of the open page that goes to `action`, with its hidden fields and these."""
        hidden = next(
            dict(_HIDDEN.findall(body)) for target, body in _FORM.findall(self.page) if target == action
        )
        files = fields.pop("files", None)
        data = {name: unescape(value) for name, value in hidden.items()} | fields
        return self._take(await self.client.post(action, data=data, files=files, follow_redirects=True))

    async def enter(self, person: str) -> "Browser":
        """Sign in as one of a demo's people."""
        await self.open("/sign-in")
        await self.send("/sign-in/demo", person=person)
        return self

    def _take(self, answer: httpx.Response) -> str:
        self.page, self.status, self.at = answer.text, answer.status_code, str(answer.url.raw_path, "ascii")
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.page)))
