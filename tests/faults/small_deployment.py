"""A small deployment: its processes, started and killed, and what must hold once it is stopped."""

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from gongkai.ledger import projections, read
from gongkai.ledger.kafka import POSITION, topic_of
from gongkai.ledger.merkle import Frontier, leaf_hash
from gongkai.ledger.read import DISCONNECTED
from gongkai.operate.databases.cluster import MONITOR, Cluster
from tests.faults.small_deployment_process import Settings, Tally, command, stream
from tests.integration.ledger.conftest import INTAKE, PARTITIONS

PATIENCE = 90.0  # seconds until everything is over and seen


@dataclass
class SmallDeployment:
    """The processes of a small deployment. `start` them, kill them, and see that nothing came of it."""

    folder: Path
    cluster: Cluster
    settings: Settings = field(init=False)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    total: int = 0  # commands that were answered, known when the writing has stopped

    def tell(self, settings: Settings) -> None:
        """What the processes started from now on are told."""
        self.settings = settings
        (self.folder / "settings.json").write_text(json.dumps(asdict(settings)))

    def start(self, role: str, failpoint: str | None = None) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")}
        if failpoint is not None:
            environment["GONGKAI_FAILPOINT"] = failpoint
        environment["PYTHONUNBUFFERED"] = "1"
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        with (self.folder / f"{role}.log").open("ab") as log:
            self.processes[role] = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.faults.small_deployment_process",
                    role,
                    str(self.folder / "settings.json"),
                ],
                env=environment,
                stdout=log,
                stderr=log,
            )

    def kill(self, role: str) -> None:
        self.processes[role].kill()
        self.processes[role].wait()

    async def died(self, role: str) -> None:
        """Until it has killed itself, with work in flight."""
        start = time.monotonic()
        while self.processes[role].poll() is None:
            assert time.monotonic() - start < PATIENCE, f"{role} never reached its failpoint"
            await asyncio.sleep(0.02)
        assert self.processes[role].returncode == -signal.SIGKILL, self.said(role)
        self.busy()

    def busy(self) -> None:
        """Work is in flight: commands have been answered, and the writers go on until they are stopped."""
        assert self.settings.answered()
        assert self.settings.stopped() is None

    async def working(self, more: int = 30) -> None:
        """Until that many more commands were answered: what was killed before is over, and work is in flight."""
        before, start = len(self.settings.answered()), time.monotonic()
        while len(self.settings.answered()) < before + more:
            assert time.monotonic() - start < PATIENCE, f"it never went on\n{self.said('intake')}"
            await asyncio.sleep(0.02)
        self.busy()

    def said(self, role: str) -> str:
        return (self.folder / f"{role}.log").read_text()[-3000:]

    def end(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()

    async def over(self) -> None:
        """No more writing; until all is answered, seen, sent and signed. Then everything must be whole."""
        start = time.monotonic()
        self.settings.end("no more")
        while self.settings.stopped() != "done":
            assert time.monotonic() - start < PATIENCE, f"never answered\n{self.said('intake')}"
            await asyncio.sleep(0.05)
        self.total = len(self.settings.answered())
        while (left := await self._left()) is None or left != (0, 0, 0):
            assert time.monotonic() - start < PATIENCE, (
                f"left to see, send and sign: {left}\n{self.said('intake')}\n{self.said('review')}"
            )
            await asyncio.sleep(0.1)
        monitor = await asyncpg.connect(self.cluster.dsn(MONITOR))
        try:
            await self._whole(monitor)
        finally:
            await monitor.close()

    async def _left(self) -> tuple[int, ...] | None:
        total = self.total
        try:
            conn = await asyncpg.connect(self.cluster.dsn(MONITOR), timeout=5)
        except (OSError, asyncpg.PostgresError):
            return None
        try:
            seen = await conn.fetchval("SELECT count(*) FROM review.journal")
            sent = await conn.fetchval("SELECT max(sent) FROM intake.log_relay")
            signed = await conn.fetchval("SELECT max(size) FROM intake.log_checkpoint")
        except (*DISCONNECTED, asyncpg.PostgresError):
            return None
        finally:
            await conn.close()
        return (
            total - seen,
            total - 1 - (-1 if sent is None else sent),
            total - (signed or 0),
        )

    async def _whole(self, monitor: Any) -> None:
        entries = [entry async for batch in read.all_entries(monitor, INTAKE) for entry in batch]
        by_command = {entry.record.commandid: entry for entry in entries}
        assert len(by_command) == len(entries) == self.total, "an event lost, or twice"
        assert [e.place.position for e in entries] == list(range(len(entries))), "positions have a gap"
        committed = [e.committed_at for e in entries]
        assert committed == sorted(committed), "time went back in the log"
        for n, place in self.settings.answered().items():
            assert by_command[command(n)].place == place, f"command {n} isn't where its caller was told"
        journal = await monitor.fetch("SELECT event_id, stream, version FROM review.journal ORDER BY id")
        assert len({row["event_id"] for row in journal}) == len(journal) == len(entries), "applied twice"
        for name in {stream(n) for n in range(self.total)}:
            mine = [e.version for e in entries if e.stream == name]
            assert mine == list(range(1, len(mine) + 1)), f"{name} out of order in the log"
            assert [r["version"] for r in journal if r["stream"] == name] == mine, (
                f"{name} applied out of order"
            )
        await projections.rebuild(monitor, Tally(), [INTAKE], live="review", into="pg_temp")
        assert await projections.digest(monitor, "review", Tally()) == await projections.digest(
            monitor, "pg_temp", Tally()
        )
        tree = Frontier()
        for entry in entries:
            tree.append(leaf_hash(entry.raw))
        root = await monitor.fetchval(
            "SELECT root FROM intake.log_checkpoint ORDER BY size DESC, signed_at DESC LIMIT 1"
        )
        assert root == tree.root(), "what was signed isn't the log"
        await self._topic({entry.place.position: entry for entry in entries})

    async def _topic(self, log: dict[int, Any]) -> None:
        """Everything in Kafka is the log's, byte for byte, and each partition's last record is the log's last there."""
        topic = topic_of(self.settings.prefix, INTAKE)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.settings.kafka, request_timeout_ms=5000)
        await consumer.start()
        try:
            places = [TopicPartition(topic, p) for p in range(PARTITIONS)]
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            last = {
                p: max((at for at, e in log.items() if e.place.partition == p), default=-1)
                for p in range(PARTITIONS)
            }
            found: dict[int, int] = {}
            end = time.monotonic() + PATIENCE
            while any(found.get(p, -1) != at for p, at in last.items()):
                assert time.monotonic() < end, f"Kafka has {found}, the log {last}"
                for place, records in (await consumer.getmany(timeout_ms=200)).items():
                    for record in records:
                        at = int(dict(record.headers)[POSITION])
                        assert hashlib.sha256(record.value).digest() == hashlib.sha256(log[at].raw).digest()
                        found[place.partition] = at
        finally:
            await consumer.stop()
