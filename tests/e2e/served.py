"""A service's pages where a real browser can open them: the services in one thread, the browser in the other."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI

from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.embedded import free_port
from tests.integration.running_services import Services, running_services

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Shanghai

T = TypeVar("T")
AppFactory = Callable[[Services, str], AbstractAsyncContextManager[FastAPI]]
Furnish = Callable[["Open"], Coroutine[Any, Any, None]]


@dataclass
class Open:
    """The address of the pages; `run` does something in the services' thread, `made` is what was put into it."""

    url: str = ""
    services: Services = field(init=False)
    made: dict[str, str] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    ready: threading.Event = field(default_factory=threading.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    failed: Exception | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)


async def _serve(
    open_: Open, cluster: Cluster, broker: str, folder: Path, *, app_factory: AppFactory, insert_data: Furnish
) -> None:
    async with (
        running_services(cluster, broker, folder, MONDAY) as open_.services,
        app_factory(open_.services, broker) as app,
    ):
        await insert_data(open_)
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="warning"))
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.05)
        open_.url = f"http://127.0.0.1:{port}"
        open_.ready.set()
        await open_.over.wait()
        server.should_exit = True
        await task


@contextmanager
def served(
    cluster: Cluster, broker: str, folder: Path, app_factory: AppFactory, insert_data: Furnish
) -> Iterator[Open]:
    """The services and their pages, with data in them, until the tests are over."""
    open_ = Open()

    def work() -> None:
        try:
            open_.loop.run_until_complete(
                _serve(open_, cluster, broker, folder, app_factory=app_factory, insert_data=insert_data)
            )
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
