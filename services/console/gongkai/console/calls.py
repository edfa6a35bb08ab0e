"""What the console asks of the services: with the user's own token, so that they decide by the user's own rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import structlog

from gongkai.contracts.envelope import Place
from gongkai.identity.visitor import Visitor
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem, from_document

_log = structlog.get_logger(__name__)

SEEN = 5.0  # seconds that a page waits for what was just done to reach the read model

AWAY = Problem(
    "service.away",
    "业务服务暂时无法连接，您填写的内容没有提交，也没有丢失。请稍后再试。",
    "The service can't be reached. Nothing was sent and nothing is lost. Please try again shortly.",
    status=503,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A service's answer: its body, or what it refused and why."""

    status: int
    body: Any = None
    text: str = ""
    content: bytes = b""
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


async def ask(
    deps: Dependencies,
    who: Visitor,
    service: str,
    method: str,
    path: str,
    *,
    key: str | None = None,
    **request: Any,
) -> Answer:
    """One request. `key` makes a command count once, however often the form is sent."""
    headers = {"Authorization": f"Bearer {who.token(deps.wall())}"}
    headers |= {"Idempotency-Key": key} if key else {}
    headers |= request.pop("headers", {})
    try:
        answer = await deps.http.request(
            method, deps.settings.url(service) + path, headers=headers, **request
        )
    except httpx.HTTPError as error:
        _log.warning("service away", service=service, error=type(error).__name__)
        return Answer(503, problems=[AWAY])
    return _read(answer)


def _read(answer: httpx.Response) -> Answer:
    is_json = "json" in answer.headers.get("content-type", "")
    try:
        body = answer.json() if is_json else None
    except ValueError:
        body = None
    if answer.is_success:
        if answer.headers.get("content-type", "").startswith("text/"):
            return Answer(answer.status_code, body, answer.text)
        return Answer(answer.status_code, body, content=b"" if is_json else answer.content)
    if isinstance(body, Mapping):
        return Answer(answer.status_code, problems=from_document(body, answer.status_code))
    _log.warning("service failed", status=answer.status_code)
    return Answer(answer.status_code, problems=[replace(AWAY, status=answer.status_code)])


async def command(
    deps: Dependencies,
    who: Visitor,
    service: str,
    path: str,
    *,
    body: Mapping[str, Any],
    key: str | None,
) -> Answer:
    """Send a command, and wait until its effect can be seen on the console's own pages."""
    answer = await ask(deps, who, service, "POST", path, key=key, json=body)
    place = answer.body.get("place") if answer.ok and isinstance(answer.body, Mapping) else None
    if place and deps.subscription is not None:
        await deps.subscription.wait_for(Place.parse(place), SEEN)
    return answer


def humane(problems: Sequence[Problem], labels: Mapping[str, tuple[str, str]]) -> list[Problem]:
    """A missing or malformed field in the words of the form instead of the pointer of the interface."""
    return [_humane(p, labels) for p in problems]


def _humane(problem: Problem, labels: Mapping[str, tuple[str, str]]) -> Problem:
    label = labels.get(problem.field or "")
    if label is None or problem.code not in ("input.missing", "input.malformed"):
        return problem
    zh, en = label
    if problem.code == "input.missing":
        return replace(problem, zh=f"请填写“{zh}”。", en=f"Fill in “{en}”.")
    return replace(
        problem, zh=f"“{zh}”的填写不符合要求，请更正。", en=f"“{en}” isn't of the form required: mend it."
    )
