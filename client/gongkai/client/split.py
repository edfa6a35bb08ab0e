"""A result an event, though the door refuses the whole of which one is a part."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from gongkai.client.client import Problem
from gongkai.contracts import problem as contract
from gongkai.contracts.ingress import Result


async def each_told(
    hand_in: Callable[[list[Any]], Awaitable[list[Result]]], events: Sequence[Mapping[str, Any]]
) -> list[Result]:
    """As `hand_in` tells it. A batch that can't be read (400) or is too large (413) is halved, until the one that is to
    blame stands alone: that one is refused, and holds up nobody. The order stays.

    Raises Problem for what is wrong with more than the events (as a wrong key), and Unreachable.
    """
    if not events:
        return []
    try:
        return await hand_in(list(events))
    except Problem as problem:
        if not _of_the_events(problem):
            raise
        if len(events) == 1:
            return [refused(events[0], problem)]
    half = len(events) // 2
    return await each_told(hand_in, events[:half]) + await each_told(hand_in, events[half:])


def _of_the_events(problem: Problem) -> bool:
    """A 400 with another code is not the door's: the token's, or a proxy's, that would be said of every event. A 413
    may be a proxy's that takes less than the door."""
    return problem.status == 413 or (problem.status == 400 and problem.code.startswith("ingress."))


def refused(event: Mapping[str, Any], problem: Problem) -> Result:
    """The result of an event that met with this problem."""
    code = problem.code or f"http.{problem.status}"
    says = str(problem.document.get("title") or "事件无法接收。")
    words = contract.Problem(
        type=f"urn:gongkai:problem:{code}",
        title=says,
        title_en=str(problem.document.get("title_en") or says),
        status=problem.status,
        code=code,
        clause=None,
        field=None,
    )
    source, id_ = (said if isinstance(said := event.get(name), str) else None for name in ("source", "id"))
    return Result(source=source, id=id_, state="refused", status=problem.status, problem=words)
