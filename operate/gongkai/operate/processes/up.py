"""`gongkai up`: everything on one machine, under one supervisor.

Order of the start: PostgreSQL, the witness, databases and migrations, the broker, the services; "ready" once each
service says so itself. Order of the end: services, broker and witness, PostgreSQL.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg

from gongkai.contracts.errors import UserError
from gongkai.ledger.read import DISCONNECTED
from gongkai.operate.databases.bootstrap import bootstrap
from gongkai.operate.databases.migrate import migrate
from gongkai.operate.embedded import Command, Postgres, WitnessProcess, broker_command
from gongkai.operate.embedded.witness_process import WITNESS
from gongkai.operate.logs.rebuild import rebuild_outdated
from gongkai.operate.processes import health_checks as answers
from gongkai.operate.processes import status
from gongkai.operate.processes.credentials import ADMIN, Credentials
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.processes.ports import choose
from gongkai.operate.processes.supervisor import ManagedProcess, Supervisor
from gongkai.operate.services import installed

_SERVICE_STOP: Final = ((signal.SIGTERM, 12.0), (signal.SIGKILL, 5.0))
_BROKER_STOP: Final = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0))  # its log is in memory: nothing to save
_POSTGRES_STOP: Final = (
    (signal.SIGINT, 30.0),
    (signal.SIGQUIT, 10.0),
    (signal.SIGKILL, 5.0),
)  # fast, immediate
_PATIENCE: Final = 30.0  # seconds: how long an outside PostgreSQL may take to answer

# What runs beside the deployment once it is ready. Its answer: whether to stay up.
Then = Callable[[Deployment], Awaitable[bool]]


def serve_command(service: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", installed()[service].package)


@dataclass(frozen=True, slots=True)
class Options:
    data: Path = Path("var")
    host: str = "127.0.0.1"
    port: int | None = None  # the console's; None: as at the last start, or 8080
    kafka: str | None = None
    postgres: str | None = None
    serve: Callable[[str], tuple[str, ...]] = serve_command


async def up(options: Options, then: Then | None = None) -> None:
    """Run until SIGINT or SIGTERM, or until `then` has enough; what `then` raises ends everything, too.

    Raises UserError: a port in use, a server that can't be reached, a part that does not come up, …
    """
    data = options.data.resolve()
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o711)  # PostgreSQL's user passes through; what is inside is closed to all others
        for folder in (data / "run", data / "logs"):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"不能用作数据目录 / can't be the data folder: {data} ({error.strerror or error})"
        ) from error
    with status.locked(data, data / "run" / "up.lock"):
        orphans = await asyncio.to_thread(status.end_orphans, data / "run" / "up.json")
        if orphans:
            tell(
                f"上次运行被强行终止，已结束其遗留进程：{'、'.join(orphans)}",
                f"the last run was killed; ended what it left: {', '.join(orphans)}",
            )
        await _Run(replace(options, data=data)).run_until_signal(then)


def tell(zh: str, en: str) -> None:
    """A line for whoever watches. Nobody watching is no reason to stop."""
    with suppress(OSError):
        print(f"{time.strftime('%H:%M:%S')} {zh} / {en}", flush=True)


class _Run:
    """One run, from the first process to the last."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.data = options.data
        self.credentials = Credentials(self.data / "secrets")
        self.credentials.make()
        if options.postgres:
            self.credentials.remember_postgres(options.postgres)
        ports = choose(self.data / "run" / "ports.json", options.host, options.port)
        kafka = options.kafka or f"127.0.0.1:{ports['broker']}"
        self.deployment = Deployment(self.data, options.host, ports, kafka, self.credentials.cluster(ports))
        self.supervisor = Supervisor(self.data / "logs", tell, self._write_status)
        self.parts: dict[str, ManagedProcess] = {}
        self.fingerprints: dict[int, dict[str, Any]] = {}
        self.where = "外部 elsewhere"
        self.ready = False

    async def run_until_signal(self, then: Then | None) -> None:
        told = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(sign) is not signal.SIG_IGN:  # nohup
                asyncio.get_running_loop().add_signal_handler(sign, told.set)
        work = asyncio.create_task(self._work(then))
        waiting = asyncio.create_task(told.wait())
        try:
            await asyncio.wait([work, waiting], return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            waiting.cancel()
            work.cancel()
            await self._stop()
            await asyncio.gather(work, return_exceptions=True)

    async def _work(self, then: Then | None) -> None:
        if self.credentials.outside_postgres() is None:
            await self._start_postgres()
        else:
            await self._find_postgres()
        witness = await self._start_witness()
        await self._prepare_databases()
        if self.options.kafka is None:
            command = await asyncio.to_thread(
                broker_command, self.deployment.ports["broker"], self.data / "run"
            )
            self._start("broker", command, _BROKER_STOP)
            await self.supervisor.until(partial(answers.port, "127.0.0.1", self.deployment.ports["broker"]))
        await self._remember_witness_key(witness)
        for service in installed():
            command = Command(self.options.serve(service), self.deployment.environment(service))
            self._start(service, command, _SERVICE_STOP)
        await self._rebuild_outdated()
        async with httpx.AsyncClient(
            trust_env=False, timeout=5
        ) as client:  # no proxy between us and ourselves
            for service in installed():
                await self.supervisor.until(partial(self._answers, client, service))
            self.ready = True
            self.supervisor.recovering.clear()
            self._write_status()
            self._greet()
            tasks = [
                asyncio.create_task(self._watch(client)),
                asyncio.create_task(self.supervisor.rotate_logs()),
            ]
            try:
                if then is None or await then(self.deployment):
                    await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()

    async def _start_postgres(self) -> None:
        cluster = self.deployment.cluster
        server = Postgres(
            self.data, port=self.deployment.ports["postgres"], password=self.credentials.passwords()[ADMIN]
        )
        await asyncio.to_thread(server.prepare)
        self._start("postgres", server.command, _POSTGRES_STOP, server.clear)
        self.where = server.where
        await self.supervisor.until(partial(answers.postgres, cluster.admin_dsn))

    async def _start_witness(self) -> WitnessProcess:
        witness = WitnessProcess(
            self.data,
            name=f"{self.credentials.origin()}/{WITNESS}",
            port=self.deployment.ports[WITNESS],
        )
        vkeys = [vkey for each in self.credentials.log_vkeys().values() for vkey in each]
        await asyncio.to_thread(witness.prepare, vkeys)
        self._start(WITNESS, witness.command, _SERVICE_STOP)
        return witness

    async def _remember_witness_key(self, witness: WitnessProcess) -> None:
        """Its key is taken at first sight; another one later is another witness, and that is told."""
        await self.supervisor.until(partial(answers.port, "127.0.0.1", self.deployment.ports[WITNESS]))
        vkey, known = str(witness.vkey()), self.credentials.witness_vkey()
        if known not in (None, vkey):
            tell("见证人换了密钥，须重新分发其验证密钥", "the witness has another key: hand it out anew")
        self.credentials.remember_witness(vkey)

    async def _prepare_databases(self) -> None:
        for left in range(4, -1, -1):
            try:
                await asyncio.to_thread(bootstrap, self.deployment.cluster)
                await asyncio.to_thread(migrate, self.deployment.cluster)
                return
            except psycopg.OperationalError as error:  # it died under our hands: both can be done again
                if not left:
                    raise UserError(f"无法建库 / can't prepare the databases: {error}") from error
                await self.supervisor.until(partial(answers.postgres, self.deployment.cluster.admin_dsn))

    async def _rebuild_outdated(self) -> None:
        """Views whose fold this release has changed; their services are ready once that is done."""
        while True:
            try:
                for view in await rebuild_outdated(self.deployment.cluster):
                    tell(f"视图 {view} 的折算已变更，已重建", f"the fold of {view} has changed: rebuilt")
                return
            except DISCONNECTED as error:  # it died under our hands, and begins again
                tell(
                    f"重建中断，将重试：{error!r}", f"the rebuild was interrupted and begins again: {error!r}"
                )
                await self.supervisor.until(partial(answers.postgres, self.deployment.cluster.admin_dsn))

    async def _find_postgres(self) -> None:
        end = time.monotonic() + _PATIENCE
        dsn = self.deployment.cluster.admin_dsn
        while not await answers.postgres(dsn):
            if time.monotonic() > end:
                raise UserError(f"连不上 PostgreSQL / can't connect: {await answers.connection_error(dsn)}")
            await asyncio.sleep(0.5)

    def _start(
        self,
        name: str,
        command: Command,
        stop: tuple[tuple[signal.Signals, float], ...],
        before: Callable[[], object] = lambda: None,
    ) -> None:
        self.parts[name] = ManagedProcess(name, command, stop, before)
        self.supervisor.start(self.parts[name])

    async def _answers(self, client: httpx.AsyncClient, service: str) -> bool:
        """The very process that we started."""
        pid = self.supervisor.alive().get(service)
        return pid is not None and await answers.health(client, self.deployment.url(service), service, pid)

    async def _watch(self, client: httpx.AsyncClient) -> None:
        """Say so when one that died is back."""
        while True:
            for service in self.supervisor.recovering & set(installed()):
                if await self._answers(client, service):
                    self.supervisor.recovering.discard(service)
                    tell(f"{service} 已恢复", f"{service} is back")
            await asyncio.sleep(0.5)

    async def _stop(self) -> None:
        tell("正在停止", "stopping")
        await self.supervisor.stop(installed())
        await self.supervisor.stop(["broker", WITNESS])
        await self.supervisor.stop(["postgres"])
        (self.data / "run" / "up.json").unlink(missing_ok=True)
        tell("已停止", "stopped")

    def _write_status(self) -> None:
        processes = {}
        for name, pid in self.supervisor.alive().items():
            if pid not in self.fingerprints:
                part = self.parts[name]
                self.fingerprints[pid] = status.fingerprint(pid, part.command.argv, part.stop[0][0])
            processes[name] = self.fingerprints[pid]
        there = self.deployment
        status.Status(
            os.getpid(), there.host, there.ports, there.urls(), there.kafka, self.ready, processes
        ).write(self.data / "run" / "up.json")

    def _greet(self) -> None:
        there = self.deployment
        keys = self.credentials.token_keys("console")
        first = [file for name in ("registrar", "security") if (file := keys / f"{name}.password").exists()]
        with suppress(OSError):
            print(
                f"\n就绪 ready\n"
                f"  控制台 console  {there.url('console')}/\n"
                f"  门户 portal   {there.url('portal')}/\n"
                f"  受理 intake   {there.url('intake')}/\n"
                f"  数据 data     {self.data}\n"
                f"  日志 logs     {self.data / 'logs'}\n"
                f"  PostgreSQL    {self.where}\n"
                f"  Kafka         {there.kafka}\n"
                + "".join(
                    f"  首个账号 first account  {file.stem}，密码在 password in {file}\n" for file in first
                )
                + "  Ctrl-C 停止   stops everything\n",
                flush=True,
            )
