"""The four deciding services in one process, over a real PostgreSQL and a real broker, with tokens for anybody."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from pydantic import SecretStr

from gongkai.contracts.envelope import Place
from gongkai.intake.app import create as intake
from gongkai.intake.dependencies import IntakeDependencies
from gongkai.ledger import lag
from gongkai.ledger.keyfile import new_key_file
from gongkai.operate.databases.cluster import KEYS, Cluster, writer
from gongkai.operate.services import installed, installed_logs
from gongkai.publishing.app import create as publishing
from gongkai.review.app import create as review
from gongkai.runtime.identity import ISSUERS, Issuer
from gongkai.runtime.service import DecidingDependencies, Dependencies
from gongkai.runtime.settings import Settings
from gongkai.scoring.app import create as scoring

SESSION = 6.0 if os.environ.get("GONGKAI_TEST_KAFKA") else 1.0  # seconds; half of it passes in every start
NOBODY: Mapping[str, str] = {}
CREATE: Mapping[str, Callable[[Any], FastAPI]] = {
    "intake": intake,
    "review": review,
    "publishing": publishing,
    "scoring": scoring,
}


@dataclass
class Services:
    """Clients and dependencies by service. `say` sends a command as somebody and hands back the answer."""

    keys: Path
    cluster: Cluster
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    deps: dict[str, Dependencies] = field(default_factory=dict)

    @property
    def intake(self) -> IntakeDependencies:
        deps = self.deps["intake"]
        assert isinstance(deps, IntakeDependencies)
        return deps

    def bearer(self, person: str, *, registrar: bool = False) -> dict[str, str]:
        issuer = Issuer.load("portal" if person == "public" else "console", self.keys)
        return {"Authorization": f"Bearer {issuer.issue(person, datetime.now(UTC), registrar=registrar)}"}

    async def say(
        self, service: str, path: str, person: str, body: Any = None, *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = self.bearer(person, registrar=person == "registrar") | (
            {"Idempotency-Key": key} if key else {}
        )
        headers |= more.pop("headers", {})
        return await self.clients[service].post(path, json=body, headers=headers, **more)

    async def ask(self, service: str, path: str, person: str, **params: Any) -> httpx.Response:
        return await self.clients[service].get(path, headers=self.bearer(person), params=params)

    async def seen(self, service: str, place: str) -> None:
        """Until that service has applied the record at that place."""
        subscription = self.deps[service].subscription
        assert await subscription.wait_for(Place.parse(place), 20), f"{service} never saw {place}"

    async def settled(self) -> None:
        """Until every service has seen everything that is in the logs."""
        before: list[Any] = []
        for _ in range(400):
            behind, found = 0, []
            for deps in self.deps.values():
                heads = await deps.subscription._heads()
                behind += sum(head > deps.subscription.seen[key] for key, head in heads.items())
                found.append(heads)
            if not behind and found == before:  # who was looked at first may have got more meanwhile
                return
            before = found
            await asyncio.sleep(0.05 if behind else 0)
        raise AssertionError("never idle")

    async def sent(self) -> None:
        """Until Kafka has everything that is in the logs."""
        for deps in self.deps.values():
            for _ in range(400):
                if (
                    not isinstance(deps, DecidingDependencies)
                    or not (await lag.relay_lag(deps.pool, deps.log)).behind
                ):
                    break
                await asyncio.sleep(0.05)
            else:
                raise AssertionError(f"{deps.settings.service} never sent everything")

    async def set_clock(self, moment: datetime) -> None:
        conn = await asyncpg.connect(self.cluster.dsn("ledger_owner"))
        try:
            done = await conn.execute("UPDATE ledger.clock SET moment = $1", moment)
            if done == "UPDATE 0":
                await conn.execute("INSERT INTO ledger.clock (moment) VALUES ($1)", moment)
        finally:
            await conn.close()


def make_missing_keys(folder: Path) -> None:
    """Of the issuers of tokens, and of every log."""
    if any(folder.glob("*.jwk")):
        return
    for name in ISSUERS:
        key = OKPKey.generate_key("Ed25519")
        (folder / f"{name}.private.jwk").write_text(json.dumps(key.as_dict(private=True)))
        (folder / f"{name}.public.jwk").write_text(json.dumps(key.as_dict(private=False)))
    for log in installed_logs().values():
        (folder / f"{log.name}.key").write_text(new_key_file(f"gongkai.example/log/{log.name}"))


@asynccontextmanager
async def running_services(
    cluster: Cluster,
    broker: str,
    folder: Path,
    start: datetime | None = None,
    services: Sequence[str] = tuple(CREATE),
    *,
    users: Mapping[str, str] = NOBODY,
) -> AsyncIterator[Services]:
    """`users`: by service, the password of its own user `gongkai-<service>` at the broker. Keys that lie in `folder`
    already, of the databases that these are a copy of, stay."""
    made = Services(folder, cluster)
    make_missing_keys(folder)
    if start is not None:
        await made.set_clock(start)
    lives: list[AbstractAsyncContextManager[Any]] = []
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_leave, lives)
        for name in services:
            app = CREATE[name](_settings(name, cluster, broker, folder, users))
            life = app.router.lifespan_context(app)
            await life.__aenter__()
            lives.append(life)
            made.deps[name] = app.state.deps
            transport = httpx.ASGITransport(app)
            made.clients[name] = await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url=f"http://{name}")
            )
        yield made


async def _leave(lives: Sequence[AbstractAsyncContextManager[Any]]) -> None:
    """All at once, as processes do: each may have to wait a second until its consumer group has formed."""
    await asyncio.gather(*(life.__aexit__(None, None, None) for life in lives))


def _settings(name: str, cluster: Cluster, broker: str, folder: Path, users: Mapping[str, str]) -> Settings:
    own: dict[str, Any] = {}
    if name in users:
        own = {"kafka_user": f"gongkai-{name}", "kafka_password": users[name]}
    if name == "intake":
        own |= {"keys_dsn": SecretStr(cluster.dsn(writer(KEYS)))}
    return installed()[name].settings(
        **own,
        service=name,
        dsn=SecretStr(cluster.dsn(writer(name))),
        kafka=broker,
        kafka_prefix=cluster.database,
        kafka_session=SESSION,
        token_keys=folder,
        log_keys=folder,
    )


def unit(name: str, **more: Any) -> dict[str, Any]:
    """A unit of five officers: head, deputy, drafter, reviewer, disclosure officer; `<unit>-drafter` and so on."""
    duties = {
        "head": "head",
        "deputy": "deputy",
        "drafter": "drafter",
        "reviewer": "secrecy-reviewer",
        "officer": "disclosure-officer",
    }
    return {
        "unit": name,
        "name": f"示例{name}局",
        "kind": "department",
        "jurisdiction": "sc",
        "officers": [
            {"person": f"{name}-{short}", "name": f"示例{short}", "duties": [duty]}
            for short, duty in duties.items()
        ],
    } | more
