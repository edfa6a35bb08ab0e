"""The import itself: bounded batches, several on their way, results written in the file's order.

What the file says of one case is decided in the file's order: batches are on their way together only where no case
occurs in two of them.
"""

import asyncio
from base64 import b64decode
from collections import Counter, deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic_core import from_json

from gongkai.cli.importing.results import Head, Results
from gongkai.client.split import hand_in_splitting
from gongkai.contracts.ingress import Result
from gongkai.tables.event_file import Line, lines

BATCH: Final = 500  # lines in a request
ON_THE_WAY: Final = 3  # requests: one is written while the next is decided, and one is being read

Case = tuple[str, str, str]
Told = list[tuple[Line, dict[str, Any]]]
Tell = Callable[[int, Counter[str]], None]
"""How many lines are done, and how many of them came out how."""


class Door(Protocol):
    async def hand_in(self, events: list[dict[str, Any]], *, practice: bool = False) -> list[Result]: ...


async def run(
    file: Path,
    door: Door,
    *,
    kind: str | None,
    source: str,
    practice: bool,
    tell: Tell,
    intake: str = "",
    system: str = "",
    anew: Callable[[Path], None] = lambda _: None,
) -> Counter[str]:
    """Import, from where the last run came to; from the start when that one came to the end. How many came out how,
    those of the last run included.

    `intake` and `system`: whose door it is, and who speaks. What was done for others is put aside, and `anew` told
    where. Raises what the door raises. Whatever ends it, run it again: what was handed in already is a duplicate.
    """
    results = Results(file, Head(intake, system, kind, source, practice))
    outcome, waiting = _resumed(results, file, kind, source)
    under_way: deque[tuple[frozenset[Case], asyncio.Task[Told]]] = deque()

    async def settle() -> None:
        """The oldest one's results."""
        told = await under_way.popleft()[1]
        results.write(told)
        outcome.update(result["state"] for _, result in told)
        tell(outcome.total(), outcome)

    if (aside := results.open(outcome.total())) is not None:
        anew(aside)
    try:
        tell(outcome.total(), outcome)
        while batch := list(islice(waiting, BATCH)):
            cases = frozenset(chain.from_iterable(map(cases_of, batch)))
            while len(under_way) == ON_THE_WAY or any(not cases.isdisjoint(each) for each, _ in under_way):
                await settle()
            under_way.append((cases, asyncio.create_task(_handed(door, batch, practice))))
            await asyncio.sleep(0)
        while under_way:
            await settle()
    finally:
        for _, task in under_way:
            task.cancel()
        await asyncio.gather(*(task for _, task in under_way), return_exceptions=True)
        results.close()
    return outcome


def _resumed(
    results: Results, file: Path, kind: str | None, source: str
) -> tuple[Counter[str], Iterator[Line]]:
    """How the lines came out that have their result and still say the same, and the lines after them. All from the
    start when none is left: then it is said again."""
    known, outcome = lines(file, kind, source), Counter[str]()
    for before in results.so_far():
        line = next(known, None)
        if line is None or (before.number, before.hash) != (line.number, line.hash):
            break
        outcome[before.state] += 1
    else:
        line = next(known, None)
    if line is None:
        return Counter(), lines(file, kind, source)
    return outcome, chain([line], known)


def cases_of(line: Line) -> Iterator[Case]:
    """What a line is about, as far as it says: later lines about the same have to wait for it."""
    if (event := line.event) is None:
        return
    source, id_ = event.get("source"), event.get("id")
    if isinstance(source, str) and isinstance(id_, str):
        yield "event", source, id_
    data = _decoded(event["data_base64"]) if "data_base64" in event else event.get("data")
    if isinstance(data, dict):
        for name in ("document", "application"):
            if isinstance(said := data.get(name), str):
                yield name, said, ""


def _decoded(said: Any) -> Any:
    """None for what isn't JSON in base64: it will be refused."""
    try:
        return from_json(b64decode(said))
    except (TypeError, ValueError):
        return None


async def _handed(door: Door, batch: list[Line], practice: bool) -> Told:
    events = [line.event for line in batch if line.event is not None]
    told = iter(await hand_in_splitting(partial(door.hand_in, practice=practice), events))
    return [(line, _unread(line) if line.event is None else next(told).model_dump()) for line in batch]


def _unread(line: Line) -> dict[str, Any]:
    zh, _, en = line.fault.partition(" / ")
    problem = {"code": "import.unreadable", "title": zh, "title_en": en or zh, "status": 400}
    return {"id": None, "source": None, "state": "refused", "status": 400, "problem": problem}
