"""`gongkai serve NAME`: one service as one process."""

import gc
import os
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import uvicorn

from gongkai.runtime.settings import ServiceName, Settings


def serve(service: ServiceName, niceness: int = 0) -> None:
    """Serve until SIGTERM. Settings come from the environment (`GONGKAI_…`). `niceness`: steps by which others on this
    machine go first, once it is about to serve: a start is waited for."""
    gc.disable()  # what is imported stays
    settings = Settings(service=service)  # the rest is in the environment
    application = import_module(f"gongkai.{service}.app").create(settings)
    _collect_seldom()
    _give_way(niceness)
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,  # who asks for what about whom is nobody's business
        log_level=settings.log_level,
        log_config=None,  # telemetry's is the form of every line
        server_header=False,
        timeout_graceful_shutdown=8,  # seconds; the supervisor waits a little longer
    )


def _collect_seldom() -> None:
    """A batch makes some hundred objects an event, hardly any in cycles: looking through them, and through all that
    lives as long as the process, every 700 objects is a quarter of the work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def _give_way(niceness: int) -> None:
    """Linux shares a processor out among sessions first, and among the processes of each only then: a service that is
    its session's leader has to say it of the session, too."""
    os.nice(niceness)
    if niceness and os.getsid(0) == os.getpid():
        for _ in range(20):
            with suppress(OSError):  # a kernel that doesn't group them
                try:
                    Path("/proc/self/autogroup").write_text(str(niceness))
                except BlockingIOError:  # one change in 100 ms, whoever makes it
                    time.sleep(0.11 + os.getpid() % 10 / 100)  # not all of them together again
                    continue
            break
