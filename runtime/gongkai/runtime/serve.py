"""One service as one process: `python -m gongkai.<service>`."""

import gc
from importlib import import_module

import uvicorn

from gongkai.runtime.declaration import Service


def serve(service: Service) -> None:
    """Serve until SIGTERM. Settings come from the environment (`GONGKAI_…`)."""
    gc.disable()  # what is imported stays
    settings = service.settings(service=service.name)  # the rest is in the environment
    application = import_module(f"{service.package}.app").create(settings)
    _tune_gc()
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


def _tune_gc() -> None:
    """A batch makes some hundred objects an event, hardly any in cycles: looking through them, and through all that
    lives as long as the process, every 700 objects is a quarter of the work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
