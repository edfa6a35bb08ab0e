"""`gongkai serve NAME`: one service as one process."""

from importlib import import_module

import uvicorn

from gongkai.runtime.settings import ServiceName, Settings


def serve(service: ServiceName) -> None:
    """Serve until SIGTERM. Settings come from the environment (`GONGKAI_…`)."""
    settings = Settings(service=service)  # the rest is in the environment
    application = import_module(f"gongkai.services.{service}.app").create(settings)
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
