"""OpenAPI 3.1 of a service: every answer that a caller may get, told once, here, by what a route depends on.

A route says what it does (`summary`, docstring, models). What can go wrong with it follows from what it takes: who
asks for a token can answer 401 and 403, who takes a command 400 and 409, and so on. `answers` adds the few others.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from gongkai.contracts.problem import Problem
from gongkai.contracts.version import VERSION
from gongkai.runtime.identity import principal
from gongkai.runtime.problems import MEDIA_TYPE
from gongkai.runtime.requests import REQUEST_ID

BEARER: Final = "bearer"
SIGNED_IN: Final[dict[str, Any]] = {"security": [{BEARER: []}]}  # for a route that looks at the token itself
COMMON: Final = (422, 503)  # any address may hold what can't be read, and the database may be away
WITH_TOKEN: Final = (401, 403)
WITH_PATH: Final = (404,)
WITH_BODY: Final = (400, 413)
WITH_COMMAND: Final = (400, 404, 409)
KEY: Final = "idempotency-key"
_WAIT: Final = (429, 503)

SAYS: Final[dict[int, str]] = {
    400: "请求头或请求体无法识别 · A header or the body can't be read.",
    401: "没有有效的令牌 · No valid token.",
    403: "在册职责不含此项权利 · The register gives the caller no right to this.",
    404: "没有所指的对象 · What is named doesn't exist.",
    408: "内容未在限期内传完，未作处理 · It wasn't whole in time, and nothing was done.",
    409: "与已经发生的事实不符 · It contradicts what has happened already.",
    413: "内容过长 · It is too long.",
    415: "不接受这种类型的内容 · That media type isn't taken.",
    422: "内容不合要求，或者规定不允许 · It isn't of the form required, or the rules forbid it.",
    429: "请求过于频繁 · Too many requests.",
    503: "暂时不可用，未写入任何内容，可用同一 Idempotency-Key 重试 · "
    "Away or busy, and nothing was written: say it again, with the same Idempotency-Key.",
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: refusals that don't follow from what it depends on."""
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def operation_id(route: APIRoute) -> str:
    return "_".join([str(tag) for tag in route.tags[:1]] + [route.name.lstrip("_")])


def describe(app: FastAPI) -> None:
    """From now on `app.openapi()`, and so `/openapi.json`, tells all of it."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it


def document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title,
        version=VERSION,
        openapi_version="3.1.0",
        routes=app.routes,
        description="政务公开系统的服务接口。每个拒绝都说明错在何处、依据哪一条款。 · "
        "A service of Gongkai. Every refusal says what is wrong, where, and by which clause.",
        license_info={"name": "Apache License 2.0", "identifier": "Apache-2.0"},
    )
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for fastapis_own in ("HTTPValidationError", "ValidationError"):
        schemas.pop(fastapis_own, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    components["schemas"] = dict(sorted(schemas.items()))
    used: set[int] = set()
    for context in iter_route_contexts(app.routes):
        route, path = context.original_route, context.path_format or ""
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in context.methods or ():
                used |= _complete_operation(made["paths"][path][method.lower()], route)
    components["responses"] = {str(status): _response(status) for status in sorted(used)}
    components["headers"] = _HEADERS
    components["securitySchemes"] = {
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "控制台签发的令牌 · a token that the console issued",
        }
    }
    return made


def _complete_operation(operation: dict[str, Any], route: APIRoute) -> set[int]:
    """Complete one operation. The statuses that it may refuse with."""
    needs = set(_calls(route.dependant))
    told = operation["responses"]
    statuses = {int(status) for status, answer in told.items() if "$ref" in answer} | set(COMMON)
    if principal in needs:
        operation |= SIGNED_IN
    for asks, adds in (
        (principal in needs, WITH_TOKEN),
        ("{" in route.path, WITH_PATH),
        ("requestBody" in operation, WITH_BODY),
        (any(each["name"] == KEY for each in operation.get("parameters", ())), WITH_COMMAND),
    ):
        statuses |= set(adds) if asks else set()
    operation["responses"] = {
        status: answer | {"headers": answer.get("headers", {}) | _REQUEST_ID}
        for status, answer in told.items()
        if "$ref" not in answer and int(status) < 400
    } | answers(*sorted(statuses))
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    return statuses


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


def _response(status: int) -> dict[str, Any]:
    wait = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}} if status in _WAIT else {}
    return {
        "description": SAYS[status],
        "headers": _REQUEST_ID | wait,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_REQUEST_ID: Final = {REQUEST_ID: {"$ref": f"#/components/headers/{REQUEST_ID}"}}
_HEADERS: Final[dict[str, Any]] = {
    REQUEST_ID: {
        "description": "请求编号，报告问题时请注明 · the request's id: name it when something went wrong",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
    "Retry-After": {
        "description": "几秒后重试 · seconds to wait before saying it again",
        "schema": {"type": "integer", "minimum": 0},
    },
}
