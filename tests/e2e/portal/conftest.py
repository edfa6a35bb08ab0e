"""A portal that a real browser can open: the house in one thread, the browser in the other."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from gongkai.cli.embedded import free_port
from gongkai.runtime.cluster import Cluster
from tests.conftest import _copy
from tests.integration.house import House, house, unit
from tests.integration.portal.street import public_door, publish

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Shanghai
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--no-first-run"]  # fmt: skip
TEXT = "\n".join(
    [
        "各街道办事处：",
        "现将防汛物资采购办法印发给你们。",
        *(f"第{n}条 采购应当公开。" * 9 for n in "一二三四"),
    ]
)


@dataclass
class Open:
    """The portal's address, and a document on it."""

    url: str = ""
    document: str = ""
    made: House | None = None
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    ready: threading.Event = field(default_factory=threading.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    failed: Exception | None = None

    def settle(self) -> None:
        """Until everything that was sent is on every page."""
        assert self.made is not None
        asyncio.run_coroutine_threadsafe(self.made.settled(), self.loop).result(60)


async def _serve(open_: Open, cluster: Cluster, broker: str, folder: Path) -> None:
    async with house(cluster, broker, folder, MONDAY) as made, public_door(made, broker) as app:
        for entry in (unit("water"), unit("finance")):
            await made.say("intake", "/units", "registrar", entry)
        await made.settled()
        open_.document = await publish(
            made, "water", TEXT, title="示例区防汛物资采购办法", summary="规定采购程序"
        )
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="warning"))
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.05)
        open_.made, open_.url = made, f"http://127.0.0.1:{port}"
        open_.ready.set()
        await open_.over.wait()
        server.should_exit = True
        await task


@pytest.fixture(scope="module")
def portal(_template: Cluster, broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    cluster = _copy(_template, "gongkai_e2e_portal", "gongkai_e2e_portal_keys")
    open_ = Open()

    def work() -> None:
        try:
            open_.loop.run_until_complete(_serve(open_, cluster, broker, tmp_path_factory.mktemp("keys")))
        except Exception as error:
            open_.failed = error
        finally:
            open_.ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    open_.ready.wait(120)
    assert open_.failed is None
    yield open_
    open_.loop.call_soon_threadsafe(open_.over.set)
    thread.join(60)
    open_.loop.close()
    assert open_.failed is None


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield browser
        browser.close()
