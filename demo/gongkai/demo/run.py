"""`gongkai demo`: start everything, play the year, say what to open; or check it all and end."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from gongkai.demo import addresses, check, clock, state
from gongkai.demo.backlog import Idle
from gongkai.demo.database import Database
from gongkai.demo.driver import Play
from gongkai.demo.people import People
from gongkai.demo.supplied_documents import read_folder
from gongkai.demo.workdays import Workdays
from gongkai.demo.year import Year, plan
from gongkai.operate.databases.cluster import KEYS, MONITOR, owner, writer
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.processes.up import Options, up


@dataclass(frozen=True, slots=True)
class Wanted:
    """`None`: as it was begun in that folder, or 1."""

    up: Options
    seed: int | None = None
    scale: float | None = None
    documents: Path | None = None
    check: bool = False


def demo(wanted: Wanted) -> bool:
    """True unless a check found something wrong. Raises UserError."""
    console = Console(highlight=False)
    data = wanted.up.data.resolve()
    played = state.settle(data, wanted.seed, wanted.scale, wanted.documents)
    if played.finished:
        console.print("这一年已经演完，直接启动 / that year has been played: starting what is there")
    else:
        papers = read_folder(Path(played.documents), Workdays().first) if played.documents else ()
        played = state.with_papers(played, papers)
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o711)  # as `up` makes it: PostgreSQL's user passes through
        played.write(data)
    right = True

    async def then(deployment: Deployment) -> bool:
        nonlocal right
        if not played.finished:
            await _play(deployment, plan(played.seed, played.scale, papers), console)
            replace(played, finished=True).write(data)
        if wanted.check:
            right = await check.report(deployment, console, played.papers)
            return False
        await addresses.tell(deployment, played, console)
        return True

    asyncio.run(up(wanted.up, then))
    return right


async def _play(deployment: Deployment, year: Year, console: Console) -> None:
    ledger = Database(deployment.cluster.dsn(owner("ledger")))
    keys = Database(deployment.cluster.dsn(writer(KEYS)))
    monitor = Database(deployment.cluster.dsn(MONITOR))
    scene, people = year.scene, People(deployment.urls())
    try:
        if await clock.made(ledger) is None:
            await clock.make(ledger, keys, scene.days.first, scene.seed)
        with _Bar(console, year) as bar:
            play = Play(year, ledger, Idle(monitor), people, deployment.url("portal"), bar)
            await play.run()
    finally:
        people.close()
        for database in (ledger, keys, monitor):
            await database.close()


class _Bar:
    """How far the year is: a bar for a person, a line a month for a file."""

    def __init__(self, console: Console, year: Year) -> None:
        self._console, self._year = console, year
        self._month = 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(None),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            console=console,
            refresh_per_second=4,
            disable=not console.is_terminal,
        )
        self._task: TaskID = self._progress.add_task(
            "登记单位 registering units", total=len(year.scene.days.all)
        )

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._progress.stop()

    def __call__(self, day: date, done: Counter[str]) -> None:
        says = (
            f"{day:%Y-%m-%d}  拟稿 drafted {done['draft']}  发布 published {done['publish']}"
            f"  申请 applications {done['receive']}"
        )
        self._progress.update(
            self._task, completed=(day - self._year.scene.days.first).days + 1, description=says
        )
        if not self._console.is_terminal and day.month != self._month:
            self._month = day.month
            self._console.print(says)
