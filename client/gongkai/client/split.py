"""A result for every event, though the ingress refuses a batch as a whole when one event of it can't be read."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from gongkai.client.client import Problem
from gongkai.contracts import problem as contract
from gongkai.contracts.ingress import Result


async def hand_in_splitting(
    hand_in: Callable[[list[Any]], Awaitable[list[Result]]], events: Sequence[Mapping[str, Any]]
) -> list[Result]:
    """The results of `hand_in`. A batch that can't be read (400) or is too large (413) is halved until the event at fault is
    alone: that one is refused, the others go on. The order stays.

    Raises Problem for what isn't about the events (as a wrong key), and Unreachable.
    """
    if not events:
        return []
    try:
        return await hand_in(list(events))
    except Problem as problem:
        if not _about_the_events(problem):
            raise
        if len(events) == 1:
            return [refused(events[0], problem)]
    half = len(events) // 2
    return await hand_in_splitting(hand_in, events[:half]) + await hand_in_splitting(hand_in, events[half:])


def _about_the_events(problem: Problem) -> bool:
    """Whether halving the batch can help. A 400 with another code is about the token, or a proxy's: every event would get
    it. A 413 may be a proxy's that takes less than the ingress."""
    return problem.status == 413 or (problem.status == 400 and problem.code.startswith("ingress."))


def refused(event: Mapping[str, Any], problem: Problem) -> Result:
    """The result of an event that was refused with this problem."""
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
    source, id_ = (value if isinstance(value := event.get(name), str) else None for name in ("source", "id"))
    return Result(source=source, id=id_, state="refused", status=problem.status, problem=words)
