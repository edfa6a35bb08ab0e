"""The import: batches of bounded size, several requests at once, results written in the file's order.

Events of one case are sent in the file's order: two batches are sent at once only if no case occurs in both.
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

from gongkai.cli.importing.results import ImportTarget, Results
from gongkai.client.split import hand_in_splitting
from gongkai.contracts.ingress import Result
from gongkai.tables.event_file import Line, lines

BATCH: Final = 500  # lines in a request
MAX_REQUESTS: Final = 3  # at once: one is written while the next is decided, and one is being read

Case = tuple[str, str, str]
LineResults = list[tuple[Line, dict[str, Any]]]
ProgressListener = Callable[[int, Counter[str]], None]
"""Called with the number of lines that are done, and how many of them had which result."""


class EventSink(Protocol):
    async def hand_in(self, events: list[dict[str, Any]], *, practice: bool = False) -> list[Result]: ...


async def run(
    file: Path,
    sink: EventSink,
    *,
    kind: str | None,
    source: str,
    practice: bool,
    on_progress: ProgressListener,
    intake: str = "",
    system: str = "",
    on_other_results: Callable[[Path], None] = lambda _: None,
) -> Counter[str]:
    """Import from where the last run stopped, or from the start when that one was complete. Returns how many lines had
    which result, those of the last run included.

    `intake` and `system` identify the target: results of another target are renamed, and `on_other_results` is called
    with the new path. Raises what the sink raises. Safe to run again: what was sent already is a duplicate.
    """
    results = Results(file, ImportTarget(intake, system, kind, source, practice))
    outcome, waiting = _resumed(results, file, kind, source)
    pending: deque[tuple[frozenset[Case], asyncio.Task[LineResults]]] = deque()

    async def settle() -> None:
        """Wait for the oldest request and write its results."""
        done = await pending.popleft()[1]
        results.write(done)
        outcome.update(result["state"] for _, result in done)
        on_progress(outcome.total(), outcome)

    if (renamed := results.open(outcome.total())) is not None:
        on_other_results(renamed)
    try:
        on_progress(outcome.total(), outcome)
        while batch := list(islice(waiting, BATCH)):
            cases = frozenset(chain.from_iterable(map(cases_of, batch)))
            while len(pending) == MAX_REQUESTS or any(not cases.isdisjoint(each) for each, _ in pending):
                await settle()
            pending.append((cases, asyncio.create_task(_send(sink, batch, practice))))
            await asyncio.sleep(0)
        while pending:
            await settle()
    finally:
        for _, task in pending:
            task.cancel()
        await asyncio.gather(*(task for _, task in pending), return_exceptions=True)
        results.close()
    return outcome


def _resumed(
    results: Results, file: Path, kind: str | None, source: str
) -> tuple[Counter[str], Iterator[Line]]:
    """The results of the lines that have one and are unchanged, and the lines after them. All lines when none is left:
    then the file is sent again."""
    known, outcome = lines(file, kind, source), Counter[str]()
    for before in results.completed():
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
    """The cases that a line names: later lines of the same cases have to wait for it."""
    if (event := line.event) is None:
        return
    source, id_ = event.get("source"), event.get("id")
    if isinstance(source, str) and isinstance(id_, str):
        yield "event", source, id_
    data = _decoded(event["data_base64"]) if "data_base64" in event else event.get("data")
    if isinstance(data, dict):
        for name in ("document", "application"):
            if isinstance(id_ := data.get(name), str):
                yield name, id_, ""


def _decoded(encoded: Any) -> Any:
    """None for what isn't JSON in base64: it will be refused."""
    try:
        return from_json(b64decode(encoded))
    except (TypeError, ValueError):
        return None


async def _send(sink: EventSink, batch: list[Line], practice: bool) -> LineResults:
    events = [line.event for line in batch if line.event is not None]
    answers = iter(await hand_in_splitting(partial(sink.hand_in, practice=practice), events))
    return [(line, _unread(line) if line.event is None else next(answers).model_dump()) for line in batch]


def _unread(line: Line) -> dict[str, Any]:
    zh, _, en = line.fault.partition(" / ")
    problem = {"code": "import.unreadable", "title": zh, "title_en": en or zh, "status": 400}
    return {"id": None, "source": None, "state": "refused", "status": 400, "problem": problem}
