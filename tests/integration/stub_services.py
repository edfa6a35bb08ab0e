"""Stand-ins for the services, as small as can be: what `up` does is seen best without them."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

Serve = Callable[[str], tuple[str, ...]]


class StandIn(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = self.health() if self.path == "/health" else self.told()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def health(self) -> dict[str, str | int]:
        import psycopg

        with psycopg.connect(os.environ["GONGKAI_DSN"]) as conn:
            (role,) = conn.execute("SELECT current_user::text").fetchone() or ("",)
        return {"status": "ok", "service": sys.argv[1], "pid": os.getpid(), "role": role}

    def told(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name.startswith("GONGKAI_")}


def command(service: str) -> tuple[str, ...]:
    return (sys.executable, str(Path(__file__)), service)


def broken(service: str) -> tuple[str, ...]:
    return (
        (sys.executable, "-c", "raise SystemExit('broken on purpose')")
        if service == "review"
        else command(service)
    )


def run_up(
    data: str, port: str, serve: Serve = command, kafka: str | None = None, dsn: str | None = None
) -> None:
    from gongkai.contracts.errors import UserError
    from gongkai.operate.processes.up import Options, up

    console = None if port == "-" else int(port)
    try:
        asyncio.run(up(Options(Path(data), port=console, serve=serve, kafka=kafka, postgres=dsn)))
    except UserError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["up", data, port]:
            run_up(data, port)
        case ["up", data, port, "broken"]:
            run_up(data, port, broken)
        case ["up", data, port, kafka, *dsn]:
            run_up(data, port, command, kafka, *dsn)
        case _:
            HTTPServer((os.environ["GONGKAI_HOST"], int(os.environ["GONGKAI_PORT"])), StandIn).serve_forever()
