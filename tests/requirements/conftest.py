"""A scenario has all services, console and portal in this process, over a copy of a template database of its own."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from gongkai.operate.databases.cluster import Cluster
from gongkai.portal.applications import intake
from tests.conftest import copied_databases, dropped_databases
from tests.integration.console.console_app import console_app
from tests.integration.portal.portal_app import portal_app
from tests.integration.running_services import Services, running_services
from tests.quick import quick_passwords, read_logs_early, wait_for_releases
from tests.requirements.region import BEGINS, entries
from tests.requirements.scenario import Scenario

AT_ONCE = 3  # scenarios that may still be leaving while another runs


@dataclass(frozen=True)
class Template:
    """Databases with all units of the region, and the keys that their logs and tokens are signed with."""

    cluster: Cluster
    keys: Path


@dataclass
class Leaving:
    """Ended scenarios stop beside the next one: leaving a consumer group is a second of waiting for the broker."""

    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def add(self, stack: AsyncExitStack) -> None:
        self.tasks.add(asyncio.create_task(stack.aclose()))
        await self.wait(AT_ONCE)

    async def wait(self, left: int = 0) -> None:
        while len(self.tasks) > left:
            done, self.tasks = await asyncio.wait(self.tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick_passwords(patch)
        read_logs_early(patch, every=1.0, after=0.02)  # who waits looks himself
        wait_for_releases(patch)
        patch.setattr(intake, "FRESH", 0.0)  # seconds that the portal remembers the register
        yield


@pytest.fixture(scope="session")
async def leaving() -> AsyncIterator[Leaving]:
    made = Leaving()
    yield made
    await made.wait()


KEPT = "GONGKAI_TEST_REGION"  # a file: mutants' processes share one region (tests/mutants/session.py)


def kept_region() -> Template | None:
    if KEPT not in os.environ or not Path(os.environ[KEPT]).exists():
        return None
    kept = json.loads(Path(os.environ[KEPT]).read_text(encoding="utf-8"))
    return Template(Cluster(**kept["cluster"]), Path(kept["keys"]))


def keep_region(made: Template) -> Template:
    if KEPT in os.environ:
        kept = {"cluster": asdict(made.cluster), "keys": str(made.keys)}
        Path(os.environ[KEPT]).write_text(json.dumps(kept), encoding="utf-8")
    return made


@pytest.fixture(scope="session")
async def region(_template: Cluster, broker: str, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Made once a process, by the registrar, as in any deployment."""
    if (kept := kept_region()) is not None:
        return kept
    keys = tmp_path_factory.mktemp("keys")
    cluster = copied_databases(_template)
    async with (
        running_services(cluster, broker, keys, BEGINS) as services,
        console_app(services, broker),
        portal_app(services, broker),
    ):
        for entry in entries():
            entered = await services.say("intake", "/units", "registrar", entry)
            assert entered.status_code == 201, entered.text
        await services.settled()
    return keep_region(Template(cluster, keys))


@pytest.fixture
async def scenario(region: Template, broker: str, leaving: Leaving) -> AsyncIterator[Scenario]:
    stack = AsyncExitStack()
    cluster = copied_databases(region.cluster)
    stack.push_async_callback(asyncio.to_thread, dropped_databases, cluster)
    services: Services = await stack.enter_async_context(running_services(cluster, broker, region.keys))
    console = await stack.enter_async_context(console_app(services, broker))
    portal = await stack.enter_async_context(portal_app(services, broker))
    made = Scenario(services, console, portal)
    stack.push_async_callback(made.leave)
    yield made
    await leaving.add(stack)
