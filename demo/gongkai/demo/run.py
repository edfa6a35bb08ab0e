"""`gongkai demo`: start everything, simulate the year, print addresses to open; or check it all and stop."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from gongkai.demo import addresses, check, clock, state
from gongkai.demo.backlog import BacklogMonitor
from gongkai.demo.database import Database
from gongkai.demo.driver import YearDriver
from gongkai.demo.people import People
from gongkai.demo.supplied_documents import read_folder
from gongkai.demo.workdays import Workdays
from gongkai.demo.year import Year, plan
from gongkai.operate.databases.cluster import KEYS, MONITOR, owner, writer
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.processes.up import Options, up


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`None`: as it was begun in that folder, or 1."""

    up: Options
    seed: int | None = None
    scale: float | None = None
    documents: Path | None = None
    check: bool = False


def demo(options: DemoOptions) -> bool:
    """True unless a check found something wrong. Raises UserError."""
    console = Console(highlight=False)
    data = options.up.data.resolve()
    demo_state = state.choose(data, options.seed, options.scale, options.documents)
    if demo_state.finished:
        console.print("这一年已经演完，直接启动 / that year has been played: starting what is there")
    else:
        supplied = read_folder(Path(demo_state.documents), Workdays().first) if demo_state.documents else ()
        demo_state = state.with_supplied_documents(demo_state, supplied)
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o711)  # as `up` makes it: PostgreSQL's user passes through
        demo_state.write(data)
    passed = True

    async def then(deployment: Deployment) -> bool:
        nonlocal passed
        if not demo_state.finished:
            await _simulate(deployment, plan(demo_state.seed, demo_state.scale, supplied), console)
            replace(demo_state, finished=True).write(data)
        if options.check:
            passed = await check.report(deployment, console, demo_state.papers)
            return False
        await addresses.print_addresses(deployment, demo_state, console)
        return True

    asyncio.run(up(options.up, then))
    return passed


async def _simulate(deployment: Deployment, year: Year, console: Console) -> None:
    ledger = Database(deployment.cluster.dsn(owner("ledger")))
    keys = Database(deployment.cluster.dsn(writer(KEYS)))
    monitor = Database(deployment.cluster.dsn(MONITOR))
    context, people = year.context, People(deployment.urls())
    try:
        if await clock.today(ledger) is None:
            await clock.create(ledger, keys, context.days.first, context.seed)
        with _ProgressBar(console, year) as bar:
            driver = YearDriver(year, ledger, BacklogMonitor(monitor), people, deployment.url("portal"), bar)
            await driver.run()
    finally:
        people.close()
        for database in (ledger, keys, monitor):
            await database.close()


class _ProgressBar:
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
            "登记单位 registering units", total=len(year.context.days.all)
        )

    def __enter__(self) -> "_ProgressBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._progress.stop()

    def __call__(self, day: date, done: Counter[str]) -> None:
        text = (
            f"{day:%Y-%m-%d}  拟稿 drafted {done['draft']}  发布 published {done['publish']}"
            f"  申请 applications {done['receive']}"
        )
        self._progress.update(
            self._task, completed=(day - self._year.context.days.first).days + 1, description=text
        )
        if not self._console.is_terminal and day.month != self._month:
            self._month = day.month
            self._console.print(text)
