"""A deployment that runs as on an operator's machine (`gongkai up`), with a unit and its system, and `gongkai import`."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from gongkai.identity import keys
from gongkai.ledger import read
from gongkai.operate.databases.cluster import writer
from gongkai.operate.processes.credentials import Credentials
from gongkai.operate.processes.deployment import Deployment
from gongkai.runtime.identity import Issuer
from gongkai.runtime.topology import log_for
from tests.integration.ingress.agency import MAY, drafted
from tests.integration.running_services import unit

CODE = Path(__file__).parents[3]
PATIENCE = 240.0  # seconds until everything has started; an idle machine needs ten


@dataclass
class Running:
    """What runs, and the key of the system `finance-oa`."""

    there: Deployment
    secret: str = ""

    def command(self, file: Path, *more: str) -> list[str]:
        urls = ["--intake", self.there.url("intake"), "--console", self.there.url("console")]
        gongkai = [sys.executable, "-P", "-m", "gongkai.cli.main"]
        return [*gongkai, "import", str(file), "--system", "finance-oa", *urls, *more]

    def start(self, file: Path, *more: str) -> "subprocess.Popen[bytes]":
        environment = os.environ | {"GONGKAI_SYSTEM_KEY": self.secret, "PYTHONPATH": str(CODE)}
        with file.with_suffix(".output").open("ab") as output:
            return subprocess.Popen(self.command(file, *more), env=environment, stdout=output, stderr=output)

    def size(self) -> int:
        """Records in intake's log."""

        async def ask() -> int:
            conn = await asyncpg.connect(self.there.cluster.dsn(writer("intake")))
            try:
                return await read.size(conn, log_for("intake"))
            finally:
                await conn.close()

        return asyncio.run(ask())

    def processes(self) -> list[psutil.Process]:
        """All that belong to the deployment."""
        status = json.loads((self.there.data / "run" / "up.json").read_text())
        mine = [psutil.Process(each["pid"]) for each in status["processes"].values()]
        return [each for one in mine for each in (one, *one.children(recursive=True))]


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Running]:
    """Everything, in a folder that PostgreSQL's user can reach, with these options of `up`."""
    data = folder / "data"
    with (folder / "up.output").open("ab") as output:
        up = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "gongkai.cli.main",
                "up",
                "--data",
                str(data),
                "--port",
                "0",
                *options,
            ],
            env=os.environ | {"PYTHONPATH": str(CODE)},
            stdout=output,
            stderr=output,
        )
    try:
        end = time.monotonic() + PATIENCE
        while not _ready(data):
            assert up.poll() is None, (folder / "up.output").read_text()
            assert time.monotonic() < end, (folder / "up.output").read_text()
            time.sleep(0.1)
        made = Running(Deployment.running(data))
        asyncio.run(_register(made))
        yield made
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)


def _ready(data: Path) -> bool:
    file = data / "run" / "up.json"
    return file.exists() and bool(json.loads(file.read_text())["ready"])


async def _register(made: Running) -> None:
    there = made.there
    issuer = Issuer.load("console", Credentials(there.data / "secrets").token_keys("console"))
    bearer = {"Authorization": f"Bearer {issuer.issue('registrar', datetime.now(UTC), registrar=True)}"}
    async with httpx.AsyncClient(base_url=there.url("intake"), headers=bearer, trust_env=False) as client:
        system = {"system": "finance-oa", "name": "示例办公系统", "unit": "finance", "may": MAY}
        for path, body in (("/units", unit("finance")), ("/systems", system)):
            answer = await client.post(path, json=body)
            assert answer.status_code == 201, answer.text
    conn = await asyncpg.connect(there.cluster.dsn(writer("console")))
    async with conn.transaction():
        _, made.secret = await keys.issue(conn, "finance-oa", "security", datetime.now(UTC))
    await conn.close()


def write_drafts(file: Path, count: int) -> None:
    """So many drafts with short inline texts, a line each."""
    with file.open("w", encoding="utf-8") as out:
        for n in range(count):
            data: dict[str, Any] = drafted(title=f"示例区第{n}号文件", text=f"示例区第{n}号文件全文。" * 4)
            out.write(json.dumps(data, ensure_ascii=False) + "\n")
