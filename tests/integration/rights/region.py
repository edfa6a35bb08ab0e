"""The region of the table of rights as running services: the six services, every kind of asker, and cases to ask about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from gongkai.contracts.events import DutyDelegated, SystemRegistered, UnitRegistered
from gongkai.identity import sessions
from gongkai.identity.accounts import Account
from gongkai.ledger import read
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.services import installed_logs
from gongkai.runtime.identity import Issuer
from gongkai.runtime.rights.kinds import MOMENT, REGION, SECOND, Kind
from gongkai.runtime.topology import log_for
from tests.integration.console.console_app import console_app
from tests.integration.portal.portal_app import portal_app
from tests.integration.running_services import Services, running_services

_UNIT = ("unit", "name", "kind", "jurisdiction", "government", "superior", "roles", "officers")
DRAFT = {
    "unit": "own",
    "title": "关于招生工作的通知",
    "attribute": "proactive",
    "formed_on": "2026-03-02",
    "consult": [{"unit": "asked", "kind": "affects", "matters": "经费", "opinion": "拟公开"}],
}
APPLICANT = {"name": "张三", "id_number": "330102199001011234", "contact": "13800000000"}
APPLICATION = {"unit": "own", "applicant": APPLICANT, "request": {"description": "招生计划"}}


@dataclass
class Region:
    """`ask` sends one request as one kind of asker: with a token to a service, with a session to the console's pages."""

    services: Services
    console: FastAPI
    cases: dict[str, str]
    cookies: dict[str, tuple[str, str]]  # session and its form token, by kind
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)

    def token(self, kind: Kind) -> dict[str, str]:
        who = kind.who
        if who is None:
            return {}
        issuer, now = Issuer.load(who.issuer, self.services.keys), self.console.state.deps.wall()
        token = (
            issuer.issue_for_system(who.system, who.unit or "", now)
            if who.system
            else issuer.issue(who.person, now, registrar=who.registrar, security=who.security)
        )
        return {"Authorization": f"Bearer {token}"}

    async def ask(self, kind: Kind, service: str, method: str, path: str, **request: Any) -> httpx.Response:
        client = self.services.clients[service]
        if service != "console" or path.startswith(("/api/", "/log/")):
            if kind.name not in self.tokens:
                self.tokens[kind.name] = self.token(kind)
            headers = self.tokens[kind.name] | request.pop("headers", {})
            return await client.request(method, path, headers=headers, **request)
        cookie, csrf = self.cookies.get(kind.name, ("", ""))
        if "data" in request:
            request["data"] = request["data"] | {"csrf": csrf}
        headers = {"Cookie": f"{sessions.COOKIE}={cookie}"} if cookie else {}
        return await client.request(method, path, headers=headers, **request)

    async def heads(self) -> list[int]:
        pool = self.console.state.deps.pool
        return [
            int(await pool.fetchval(f"SELECT coalesce(sum(size), 0) FROM {log.schema}.log_head"))
            for log in installed_logs().values()
        ] + [int(await pool.fetchval("SELECT count(*) FROM system_key"))]


@asynccontextmanager
async def region(
    cluster: Cluster, broker: str, folder: Path, kinds: tuple[Kind, ...]
) -> AsyncIterator[Region]:
    async with (
        running_services(cluster, broker, folder, start=MOMENT) as made,
        console_app(made, broker) as console,
        portal_app(made, broker),
        httpx.AsyncClient(transport=httpx.ASGITransport(console), base_url="http://console.test") as client,
    ):
        made.clients["console"] = client
        for event in REGION:
            await _enter(made, event)
        cases = await _cases(made)
        deps = console.state.deps
        cookies = {}
        for kind in kinds:
            if kind.has_session and kind.who is not None:
                account = Account(kind.who.person, kind.who.registrar, kind.who.security)
                secret = await sessions.start(deps.pool, account, deps.wall())
                cookies[kind.name] = (secret, await _csrf(deps.pool, kind.who.person))
        yield Region(made, console, cases, cookies)


async def _csrf(pool: Any, person: str) -> str:
    return str(await pool.fetchval("SELECT csrf FROM session WHERE person = $1", person))


async def _enter(made: Services, event: Any) -> None:
    match event:
        case UnitRegistered():
            body = {name: event.model_dump(mode="json")[name] for name in _UNIT}
            done = await made.say("intake", "/units", "registrar", body)
        case SystemRegistered():
            body = event.model_dump(mode="json", exclude={"at", "by"})
            done = await made.say("intake", "/systems", "registrar", body)
        case DutyDelegated():
            body = event.model_dump(mode="json", exclude={"at", "by"})
            done = await made.say("intake", "/delegations", "head", body)
        case _:
            raise AssertionError(event)
    assert done.status_code == 201, done.text


async def _cases(made: Services) -> dict[str, str]:
    """A draft under review and consultation, one that was referred upwards, an application, a delegation to come."""
    headers = made.bearer("drafter") | {"Content-Type": "text/plain"}
    digest = (await made.clients["intake"].post("/texts", content="全文".encode(), headers=headers)).json()[
        "digest"
    ]
    for document in ("open", "referred"):
        body = DRAFT | {"document": document, "digest": digest}
        done = await made.say("intake", "/documents", "drafter", body)
        assert done.status_code == 201, done.text
    await made.settled()
    refer = {"digest": digest, "opinion": "refer", "basis": ["条例第十七条"], "reason": "不能确定"}
    done = await made.say("review", "/reviews/referred", SECOND, refer)
    assert done.status_code == 201, done.text
    done = await made.say("intake", "/applications", "public", APPLICATION | {"application": "asked-for"})
    assert done.status_code == 201, done.text
    later = {"unit": "own", "giver": "drafter", "taker": "head", "duties": ["drafter"]}
    days = {"since": "2026-04-01", "until": "2026-04-02"}
    done = await made.say("intake", "/delegations", "drafter", later | days | {"delegation": "later"})
    assert done.status_code == 201, done.text
    answer = {"kind": "disclosed", "text": "现予公开。"}
    done = await made.say("intake", "/applications/asked-for/answer", "disclosure-officer", answer)
    assert done.status_code == 201, done.text
    await made.settled()
    letters = await read.streams_with_prefix(made.deps["review"].pool, log_for("review"), "consultation-", -1)
    letter = next(e for e in letters if e.record.data["document"] == "open")
    return {
        "digest": digest,
        "consultation": letter.record.subject.removeprefix("consultation-"),
        "event": str(letter.event_id),
    }
