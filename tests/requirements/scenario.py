"""What a scenario can do: be somebody, act through what users have, move the calendar, wait until all is settled."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import httpx
from fastapi import FastAPI

from gongkai.contracts.envelope import Place
from gongkai.rules.local_time import SHANGHAI
from tests.integration.running_services import Services
from tests.requirements.page import Page

PUBLIC = "public"
PATIENCE = 20.0  # seconds until something that never settles fails


class Answer:
    """What a service said: data by key, or a refusal with code, clause and field."""

    def __init__(self, response: httpx.Response) -> None:
        self.response, self.status = response, response.status_code

    @property
    def taken(self) -> bool:
        return self.response.is_success

    @property
    def data(self) -> Any:
        return self.response.json()

    def __getitem__(self, key: str) -> Any:
        assert self.taken, f"{self.status}: {self.response.text}"
        return self.data[key]

    @property
    def refused(self) -> str | None:
        """The code of the refusal; None when it was taken."""
        return None if self.taken else self.data.get("code")

    @property
    def clause(self) -> str | None:
        return None if self.taken else self.data.get("clause")

    @property
    def field(self) -> str | None:
        return None if self.taken else self.data.get("field")

    @property
    def says(self) -> str:
        return str(self.response.text)


@dataclass(frozen=True)
class Receipt:
    """What an applicant is told at the end: with both he follows his application."""

    receipt: str
    code: str


@dataclass
class Scenario:
    """The whole system of one scenario: `services` and both webs over a database of its own."""

    services: Services
    console: FastAPI
    portal: FastAPI
    persons: dict[str, "Person"] = field(default_factory=dict)
    changed: bool = False  # whether somebody did something that hasn't been waited for

    def as_(self, person: str) -> "Person":
        """An officer, the registrar, or `public`: anybody at the portal. The same person keeps session and open page."""
        if person not in self.persons:
            host = self.portal if person == PUBLIC else self.console
            base = f"http://{'portal' if person == PUBLIC else 'console'}.test"
            browser = httpx.AsyncClient(transport=httpx.ASGITransport(host), base_url=base)
            self.persons[person] = Person(self, person, browser)
        return self.persons[person]

    @property
    def public(self) -> "Person":
        return self.as_(PUBLIC)

    async def on(self, moment: str) -> None:
        """A day at 09:00, or a moment (`2025-03-03 17:30`), of Shanghai; what falls due until then happens."""
        day, _, hour = moment.partition(" ")
        at = datetime.fromisoformat(f"{day} {hour or '09:00'}").replace(tzinfo=SHANGHAI)
        await self.settled()
        await self.services.set_clock(at)
        await self.settled()

    async def settled(self) -> None:
        """Until every service has applied all that is in the logs, and nothing is due any more."""
        async with asyncio.timeout(PATIENCE):
            # twice: who was looked at first may have got more from who was looked at last
            while await self._catch_up() or await self._catch_up() or await self._due():
                await asyncio.sleep(0.01)
        self.changed = False

    async def _catch_up(self) -> bool:
        """Whether anything was behind. What Kafka hasn't brought yet is read from the log, as pages do."""
        behind = False
        for deps in self.services.deps.values():
            assert not deps.subscription.stopped, f"{deps.settings.service} stopped"
            for (log, partition), head in (await deps.subscription._heads()).items():
                if head > deps.subscription.seen[log, partition]:
                    behind = True
                    await deps.subscription.wait_for(Place(log, partition, head))
        return behind

    async def _due(self) -> bool:
        for deps in self.services.deps.values():
            if await deps.pool.fetchval("SELECT to_regclass('timer')") and await deps.pool.fetchval(
                "SELECT EXISTS (SELECT FROM timer, ledger.clock WHERE NOT fired AND due_at <= moment)"
            ):
                return True
        return False

    async def leave(self) -> None:
        for person in self.persons.values():
            await person.browser.aclose()


@dataclass
class Person:
    """Somebody with a token for the services' APIs and a browser without JavaScript at the console or portal."""

    scenario: Scenario
    name: str
    browser: httpx.AsyncClient
    open_page: Page | None = None
    signed_in: bool = False

    async def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        """A command to the service that has that path."""
        return Answer(await self._ask("POST", path, json=body, **more))

    async def get(self, path: str, **params: Any) -> Answer:
        return Answer(await self._ask("GET", path, params=params))

    async def upload(self, content: str | bytes, media_type: str = "text/plain") -> str:
        """A text or other information for a draft; its digest."""
        raw = content.encode() if isinstance(content, str) else content
        answer = Answer(await self._ask("POST", "/texts", content=raw, headers={"Content-Type": media_type}))
        return str(answer["digest"])

    async def draft(self, text: str = "全文如下。", **fields: Any) -> Answer:
        """Hand in a draft of one's own unit, of that day's text."""
        body = {
            "unit": self.unit,
            "title": "关于防汛物资储备的通知",
            "attribute": "proactive",
            "formed_on": "2025-03-03",
            "digest": await self.upload(text),
        }
        return await self.post("/documents", {k: v for k, v in (body | fields).items() if v is not None})

    async def reviewed_draft(self, title: str, **fields: Any) -> str:
        """A draft whose secrecy review says that it may be disclosed; its document id."""
        document = str((await self.draft(title=title, **fields))["id"])
        assert (await self.scenario.as_(f"{self.unit}-reviewer").examine(document)).taken
        return document

    async def examine(self, document: str, **fields: Any) -> Answer:
        """The secrecy opinion on the newest version: that it may be disclosed, unless the fields say otherwise."""
        body = {
            "digest": await self.digest_of(document),
            "opinion": "disclose",
            "basis": ["条例第十九条"],
            "reason": "不涉及国家秘密、商业秘密和个人隐私",
        }
        return await self.post(f"/reviews/{document}", body | fields)

    async def publish(self, document: str) -> Answer:
        """Publish the newest version."""
        return await self.post(f"/publications/{document}", {"digest": await self.digest_of(document)})

    async def apply(self, unit: str, description: str = "2024年防汛物资采购合同", **fields: str) -> "Receipt":
        """Apply at the portal, step by step as its pages ask; fields by their names there (`applicant/name`)."""
        typed = {
            "unit": unit,
            "request/description": description,
            "request/form": "电子",
            "request/delivery": "网上查询",
            "applicant/name": "示例申请人",
            "applicant/id_kind": "身份证",
            "applicant/id_number": "000000",
            "applicant/contact": "示例电话",
        }
        await self.page("/apply")
        checked = await self.send("/apply/check", typed | fields)
        assert not checked.refused, checked.refused
        sent = await self.send("/apply/send")
        return Receipt(sent.fact("受理编号"), sent.fact("查询码"))

    async def follow(self, receipt: "Receipt") -> Page:
        """What the applicant sees of the application."""
        await self.page("/progress")
        return await self.send("/progress", receipt=receipt.receipt, code=receipt.code)

    async def register(self, **fields: Any) -> Answer:
        """An application that came in by another way than the portal, as an officer enters it."""
        body = {
            "unit": self.unit,
            "channel": "letter",
            "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
            "request": {"description": "2024年防汛物资采购合同"},
        }
        return await self.post("/applications", body | fields)

    async def digest_of(self, document: str) -> str:
        """Of the newest text that this person may read."""
        text = await self._ask("GET", f"/documents/{document}/text")
        assert text.is_success, text.text
        return sha256(text.content).hexdigest()

    @property
    def unit(self) -> str:
        return self.name.rpartition("-")[0]

    async def answered(self, path: str, **fields: Any) -> Page:
        """Propose an answer on the open page of that application, and have the deputy sign it there; the page after it."""
        assert "答复已报请签发" in await self.send(f"{path}/answer", **fields)
        deputy = self.scenario.as_(f"{self.unit}-deputy")
        await deputy.page(path)
        assert "已签发" in await deputy.send(f"{path}/sign-off", decision="give")
        return await self.page(path)

    async def page(self, path: str) -> Page:
        """Open a page; a page of the console as who is signed in there."""
        await self._all_seen()
        if self.name != PUBLIC and not self.signed_in:
            await self._sign_in()
        return self._opened(await self.browser.get(path, follow_redirects=True))

    async def send(self, action: str, fields: Mapping[str, Any] | None = None, **more: Any) -> Page:
        """Send the form of the open page that goes to `action`, with what it holds and these fields."""
        assert self.open_page is not None, "no page is open"
        await self._all_seen()
        files = more.pop("files", None)
        data = {**self.open_page.filled_in(action), **(fields or {}), **more}
        data = {name: value for name, value in data.items() if value is not None}
        answer = await self.browser.post(action, data=data, files=files, follow_redirects=True)
        self.scenario.changed = True
        return self._opened(answer)

    async def _sign_in(self) -> None:
        self._opened(await self.browser.get("/sign-in"))
        self.signed_in = True
        entered = await self.send("/sign-in/demo", person=self.name)
        assert entered.address == "/", f"{self.name} can't sign in: {entered.refused}"

    def _opened(self, answer: httpx.Response) -> Page:
        self.open_page = Page(answer)
        return self.open_page

    async def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        await self._all_seen()
        services = self.scenario.services
        headers = services.bearer(self.name, registrar=self.name == "registrar") | request.pop("headers", {})
        client = services.clients[self._service_of(path)]
        answer = await client.request(method, path, headers=headers, **request)
        self.scenario.changed |= method != "GET"
        return answer

    async def _all_seen(self) -> None:
        if self.scenario.changed:
            await self.scenario.settled()

    def _service_of(self, path: str) -> str:
        first = path.split("/")[1]
        for name, client in self.scenario.services.clients.items():
            if name != "portal" and first in first_steps(name, client):
                return name
        raise LookupError(f"no service has {path}")


_first_steps: dict[str, set[str]] = {}


def first_steps(service: str, client: httpx.AsyncClient) -> set[str]:
    """How the paths of a service's API begin (`applications`), by its own description."""
    if service not in _first_steps:
        app: FastAPI = client._transport.app  # type: ignore[attr-defined]  # the transport of this process
        _first_steps[service] = {path.split("/")[1] for path in app.openapi()["paths"]}
    return _first_steps[service]
