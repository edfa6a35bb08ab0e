"""`POST /v1/events`: the door over HTTP, in the three modes of CloudEvents; what became of each event; the keys."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.requests import ClientDisconnect

from gongkai.contracts.errors import BadInput
from gongkai.contracts.ingress import BATCH, LARGEST, MOST, ONE, CloudEvent, Result
from gongkai.intake.ingress import envelope, faults, refusals, store
from gongkai.intake.ingress.door import Door
from gongkai.intake.ingress.gate import Gates
from gongkai.intake.ingress.rights import NEEDS, speaking
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.identity import Asking, Principal
from gongkai.runtime.openapi import answers
from gongkai.runtime.problems import MEDIA_TYPE
from gongkai.runtime.rights import OBSERVE, acts

router = APIRouter(prefix="/v1", tags=["ingress"])

PAGE: Final = 100  # events in an answer
SLOWEST: Final = 20.0  # seconds for a whole body: 0.8 MB/s for the largest
HANDS_IN: Final = tuple(NEEDS.values())
_SINGLE: Final = CloudEvent.model_json_schema()
_TAKES: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": f"ce-{name}",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": f"二进制模式的属性 · binary mode: the attribute {name}, percent-encoded",
        }
        for name in ("specversion", "id", "source", "type", "time")
    ],
    "requestBody": {
        "required": True,
        "content": {
            ONE: {"schema": _SINGLE},
            BATCH: {"schema": {"type": "array", "items": _SINGLE, "maxItems": MOST}},
            "application/json": {"schema": {"type": "object"}},
        },
    },
}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": Result | list[Result],
        "description": "已报送过的事件；或一批，逐条给出结果 · said before; or a batch, with a result an event",
    },
    202: {"model": Result, "description": "已接收 · accepted"},
    **answers(404, 408, 409, 415),
}


class Listed(BaseModel):
    """One page of what was handed in, newest first."""

    events: list["Status"]
    older: int | None = None  # `before` of the next page
    newer: int | None = None  # `after` of the one above


class Status(BaseModel):
    """An event as it stands. `data`: what is kept of a refused one."""

    n: int
    system: str
    type: str | None
    via: str
    at: datetime
    result: Result
    data: dict[str, Any] | None = None


def door_of(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


@router.post(
    "/events",
    summary="报送事件 · Hand in events",
    responses=_ANSWERS,
    openapi_extra=_TAKES,
    response_model=None,
)
@acts(*HANDS_IN)
async def hand_in(request: Request, who: Asking) -> Response:
    """Hand in one event or a batch of them; each is accepted, a duplicate, or refused by itself."""
    return await _taken(request, who, practice=False)


@router.post(
    "/sandbox/events",
    summary="演练报送 · Practise handing in",
    responses=_ANSWERS,
    openapi_extra=_TAKES,
    response_model=None,
)
@acts(*HANDS_IN)
async def practise(request: Request, who: Asking) -> Response:
    """The same for practice: all is checked and decided, and nothing is written."""
    return await _taken(request, who, practice=True)


async def _taken(request: Request, who: Principal, *, practice: bool) -> Response:
    system, unit = await speaking(request.app.state.deps, who)
    gates: Gates = request.app.state.gates
    async with (gates.practice if practice else gates.real).through():
        events, one = await _events(request)
        results = await door_of(request).take(who, system, unit, events, via="http", practice=practice)
    if not one:
        return Response(to_json(results), media_type="application/json")
    [result] = results
    if result.problem is None:
        return Response(to_json(result), result.status, media_type="application/json")
    named = {"source": result.source, "id": result.id, "state": result.state} | (
        {"practice": True} if practice else {}
    )
    return Response(to_json(result.problem.model_dump() | named), result.status, media_type=MEDIA_TYPE)


async def _events(request: Request) -> tuple[list[Any], bool]:
    """The events of a request, and whether it is a single one. Raises BadInput for a body that holds none."""
    whole = request.headers.get("content-type", "")
    media_type = whole.partition(";")[0].strip().lower()
    is_binary = "ce-specversion" in request.headers
    if media_type not in (ONE, BATCH) and not is_binary:
        raise faults.other_media(media_type)
    body = await _body(request)
    if media_type == BATCH:
        return envelope.batch(body), False
    try:
        if media_type == ONE:
            return [envelope.parse(body)], True
        return [envelope.binary(request.headers.raw, whole or None, body)], True
    except BadInput as error:
        return [error], True


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST:
                    raise faults.body_too_large()
    except ClientDisconnect:
        raise faults.cut_off() from None
    except TimeoutError:  # it holds a place that others wait for
        raise faults.too_slow(SLOWEST) from None
    return bytes(body)


Number = Annotated[int | None, Query(ge=0, lt=2**63)]


@router.get("/events", summary="已报送的事件 · What was handed in")
@acts(*HANDS_IN)
async def handed_in(
    who: Asking,
    deps: DependenciesOf,
    *,
    state: Annotated[str, Query(pattern="^(accepted|refused)?$")] = "",
    before: Number = None,
    after: Number = None,
) -> Listed:
    """What the system handed in, newest first: pages of 100; `older` and `newer` name the next ones."""
    system, unit = await speaking(deps, who)
    return await page_of(deps.pool, [unit], store.Leaf(before, after), system=system, state=state)


async def page_of(pool: Any, units: list[str], leaf: store.Leaf, *, system: str, state: str) -> Listed:
    rows = await store.listed(pool, units, leaf, system=system, state=state, limit=PAGE + 1)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if leaf.after is not None:
        rows.reverse()
    older = rows and (more or leaf.after is not None)
    newer = rows and (leaf.before is not None or (leaf.after is not None and more))
    return Listed(
        events=[status_of(row) for row in rows],
        older=rows[-1].n if older else None,
        newer=rows[0].n if newer else None,
    )


def status_of(row: store.Shown) -> Status:
    return Status(
        n=row.n, system=row.system, type=row.type, via=row.via, at=row.at, result=row.result, data=row.data
    )


@router.get("/events/{source:path}/{id}", summary="一个事件的结果 · What became of one event")
@acts(*HANDS_IN)
async def status(source: str, id: str, request: Request, who: Asking, deps: DependenciesOf) -> Status:
    """What became of one event. Source and id are percent-encoded, each as a whole."""
    system, _ = await speaking(deps, who)
    raw = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("/v1/events/")[2]
    if raw.count("/") == 1:
        source, id = map(unquote, raw.split("/"))
    row = await store.one(deps.pool, system, source, id)
    if row is None:
        raise refusals.unknown()
    return status_of(row)


@router.get("/keys", summary="加密公钥 · Keys to encrypt to")
@acts(OBSERVE)
async def keys(request: Request, deps: DependenciesOf) -> dict[str, Any]:
    """The public keys that personal data is encrypted to: a JWK Set, the newest first. Anybody may have them."""
    return await door_of(request).keys.public(deps.wall())
