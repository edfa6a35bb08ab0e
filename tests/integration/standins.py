"""Stand-ins for the services, as small as can be: what `up` does is seen best without them."""

import asyncio
import os
import sys
from pathlib import Path

import fastapi
import psycopg
import uvicorn

from gongkai.cli.mendable import Mendable
from gongkai.cli.up import Options, up


def stand_in(service: str) -> fastapi.FastAPI:
    app = fastapi.FastAPI()

    @app.get("/health")
    def health() -> dict[str, str]:
        with psycopg.connect(os.environ["GONGKAI_DSN"]) as conn:
            (role,) = conn.execute("SELECT current_user::text").fetchone() or ("",)
        return {"status": "ok", "service": service, "role": role}

    @app.get("/told")
    def told() -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name.startswith("GONGKAI_")}

    return app


def command(service: str) -> tuple[str, ...]:
    return (sys.executable, str(Path(__file__)), service)


def broken(service: str) -> tuple[str, ...]:
    return (
        (sys.executable, "-c", "raise SystemExit('broken on purpose')")
        if service == "review"
        else command(service)
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["up", data, port, *rest]:
            serve = broken if rest else command
            try:
                asyncio.run(up(Options(Path(data), port=int(port) if port != "-" else None, serve=serve)))
            except Mendable as problem:
                sys.exit(str(problem))
        case [service]:
            uvicorn.run(stand_in(service), port=int(os.environ["GONGKAI_PORT"]), access_log=False)
