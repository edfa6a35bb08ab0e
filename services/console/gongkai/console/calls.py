"""Calls to the services, with a token of the person signed in, so that they decide by that person's rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import structlog

from gongkai.console.visitor import Visitor
from gongkai.contracts.envelope import Place
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem, from_document

_log = structlog.get_logger(__name__)

VISIBLE_WITHIN = 5.0  # seconds that a page waits until a command's events are in the read model

UNAVAILABLE = Problem(
    "service.away",
    "业务服务暂时无法连接，您填写的内容没有提交，也没有丢失。请稍后再试。",
    "The service can't be reached. Nothing was sent and nothing is lost. Please try again shortly.",
    status=503,
)


@dataclass(frozen=True, slots=True)
class ServiceResponse:
    """A service's response: its body, or the problems for which it refused."""

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
) -> ServiceResponse:
    """One request. `key` is its idempotency key: a form that is sent twice counts once."""
    headers = {"Authorization": f"Bearer {who.token(deps.wall())}"}
    headers |= {"Idempotency-Key": key} if key else {}
    headers |= request.pop("headers", {})
    try:
        response = await deps.http.request(
            method, deps.settings.url(service) + path, headers=headers, **request
        )
    except httpx.HTTPError as error:
        _log.warning("service away", service=service, error=type(error).__name__)
        return ServiceResponse(503, problems=[UNAVAILABLE])
    return _read(response)


def _read(response: httpx.Response) -> ServiceResponse:
    is_json = "json" in response.headers.get("content-type", "")
    try:
        body = response.json() if is_json else None
    except ValueError:
        body = None
    if response.is_success:
        if response.headers.get("content-type", "").startswith("text/"):
            return ServiceResponse(response.status_code, body, response.text)
        return ServiceResponse(response.status_code, body, content=b"" if is_json else response.content)
    if isinstance(body, Mapping):
        return ServiceResponse(response.status_code, problems=from_document(body, response.status_code))
    _log.warning("service failed", status=response.status_code)
    return ServiceResponse(response.status_code, problems=[replace(UNAVAILABLE, status=response.status_code)])


async def command(
    deps: Dependencies,
    who: Visitor,
    service: str,
    path: str,
    *,
    body: Mapping[str, Any],
    key: str | None,
) -> ServiceResponse:
    """Send a command, and wait until its effect is in the console's read models."""
    response = await ask(deps, who, service, "POST", path, key=key, json=body)
    place = response.body.get("place") if response.ok and isinstance(response.body, Mapping) else None
    if place:
        await deps.subscription.wait_for(Place.parse(place), VISIBLE_WITHIN)
    return response


def in_form_words(problems: Sequence[Problem], labels: Mapping[str, tuple[str, str]]) -> list[Problem]:
    """Problems of missing or malformed fields in the words of the form instead of the API's field pointers."""
    return [_in_form_words(p, labels) for p in problems]


def _in_form_words(problem: Problem, labels: Mapping[str, tuple[str, str]]) -> Problem:
    label = labels.get(problem.field or "")
    if label is None or problem.code not in ("input.missing", "input.malformed"):
        return problem
    zh, en = label
    if problem.code == "input.missing":
        return replace(problem, zh=f"请填写“{zh}”。", en=f"Fill in “{en}”.")
    return replace(
        problem, zh=f"“{zh}”的填写不符合要求，请更正。", en=f"“{en}” isn't of the form required: mend it."
    )
