"""Errors as problem documents (RFC 9457): what, where, which clause, what to do, in both languages."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import httpx
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gongkai.contracts.envelope import MAX_RECORD, TooLarge
from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.events import UnknownVersion
from gongkai.ledger.append import Full
from gongkai.ledger.decider import Contended
from gongkai.ledger.read import DISCONNECTED, cant_be_stored

_log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    code: str,
    says: Sentence,
    *,
    clause: str | None = None,
    field: str | None = None,
    errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """One problem document; `more`: members that another standard asks for."""
    body = document(status, code, says, clause=clause, field=field, errors=errors)
    return JSONResponse(body | dict(more or {}), status, headers, media_type=MEDIA_TYPE)


def document(
    status: int,
    code: str,
    says: Sentence,
    *,
    clause: str | None = None,
    field: str | None = None,
    errors: Sequence[dict[str, str]] = (),
) -> dict[str, Any]:
    """What a problem document holds."""
    body: dict[str, Any] = {
        "type": f"urn:gongkai:problem:{code}",
        "title": says.zh,
        "title_en": says.en,
        "status": status,
        "code": code,
        "clause": clause,
        "field": field,
    }
    if errors:
        body["errors"] = list(errors)
    return body


def document_of(error: Refused | BadInput | TooLarge) -> dict[str, Any]:
    """What is wrong with a command, as a problem document."""
    if isinstance(error, TooLarge):
        return document(413, "input.too-large", _record_too_large(error))
    errors = error.errors if isinstance(error, BadInput) else ()
    return document(
        error.status, error.code, error.says, clause=error.clause, field=error.field, errors=errors
    )


def _pointer(location: tuple[int | str, ...]) -> str:
    return "/" + "/".join(str(part) for part in location if part != "body")


# The clause that asks for a field, where one does: told when the field is missing or malformed.
FIELD_CLAUSES = {
    "/attribute": "CX-6",
    "/reason": "CX-6",
    "/summary": "CX-7",
    "/unit": "SC-1.1",
    "/digest": "WY-B.3",
    "/opinion": "WY-B.9",
    "/applicant": "GT-apply",
    "/request": "GT-apply",
    "/kind": "GT-kinds",
}


# Where another one asks for a field of that name: how the command's path ends, the field, the clause.
ELSEWHERE = (("/ending", "/", "SC-A1.3"), ("/units", "/kind", "GT-whom"))


def _field_clause(path: str, pointer: str) -> str | None:
    clauses = [(field, clause) for end, field, clause in ELSEWHERE if path.endswith(end)]
    clauses += FIELD_CLAUSES.items()
    return next((clause for field, clause in clauses if pointer.startswith(field)), None)


UNSTORABLE = Sentence(
    "含有无法保存的字符（如 NUL），或者数值、日期超出范围。请更正后重新提交。",
    "It has characters that can't be stored (as NUL), or a number or date out of range. Mend it and send again.",
)

# How the libraries below put it that a value can't be stored, compared or sent.
UNREADABLE: tuple[type[Exception], ...] = (asyncpg.DataError, httpx.InvalidURL, UnicodeEncodeError)


def unreadable(error: Exception) -> bool:
    """Whether the caller's own values are to blame."""
    return isinstance(error, UNREADABLE) or cant_be_stored(error)


async def _unreadable(_: Request, error: Exception) -> JSONResponse:
    _log.info("unreadable value", error=type(error).__name__)
    return problem(422, "input.unreadable", UNSTORABLE)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return problem(error.status, error.code, error.says, clause=error.clause, field=error.field)


async def _bad_input(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BadInput)
    return problem(
        error.status, error.code, error.says, clause=error.clause, field=error.field, errors=error.errors
    )


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = [
        {"field": _pointer(e["loc"]), "code": str(e["type"]), "says": str(e["msg"])} for e in error.errors()
    ]
    first = found[0]["field"]
    missing = found[0]["code"] == "missing"
    says = (
        Sentence(
            f"缺少字段 {first}。请补上后重新提交。", f"The field {first} is missing. Add it and send again."
        )
        if missing
        else Sentence(
            f"字段 {first} 的值不符合要求。请更正后重新提交。",
            f"The value of {first} is not of the form required. Mend it and send again.",
        )
    )
    code = "input.missing" if missing else "input.malformed"
    return problem(422, code, says, clause=_field_clause(request.url.path, first), field=first, errors=found)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    known = {
        404: Sentence("没有找到。", "Not found."),
        405: Sentence("不支持该方法。", "Method not allowed."),
        413: Sentence("提交的内容过长。", "What was sent is too long."),
        422: UNSTORABLE,
    }
    says = known.get(error.status_code, Sentence(str(error.detail), str(error.detail)))
    return problem(error.status_code, f"http.{error.status_code}", says)


def _record_too_large(error: Exception) -> Sentence:
    return Sentence(
        f"内容过长：一条记录最多 {MAX_RECORD} 字节，本条为 {error} 字节。请缩短摘要、理由或征求意见事项。",
        f"Too long: a record holds {MAX_RECORD} bytes, this one has {error}. Shorten summary, reason or matters.",
    )


async def _too_large(_: Request, error: Exception) -> JSONResponse:
    return problem(413, "input.too-large", _record_too_large(error))


async def _busy(_: Request, error: Exception) -> JSONResponse:
    says = Sentence("系统繁忙，请稍后重试。", "Busy. Try again in a moment.")
    return problem(503, "busy", says, headers={"Retry-After": "1"})


async def _unknown_version(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, UnknownVersion)
    _log.error("unknown version", type=error.type)
    return problem(503, "record.unknown-version", error.says)


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    if unreadable(error):
        return await _unreadable(request, error)
    _log.warning("database away", error=repr(error))
    says = Sentence(
        "数据库暂时不可用，未写入任何内容，请稍后重试。", "The database is away; try again shortly."
    )
    return problem(503, "database.away", says, headers={"Retry-After": "1"})


def install(app: FastAPI) -> None:
    """Turn every error of this system into its problem document."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(BadInput, _bad_input)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(UnknownVersion, _unknown_version)
    for kind in UNREADABLE:
        app.add_exception_handler(kind, _unreadable)
    for busy in (Full, Contended):
        app.add_exception_handler(busy, _busy)
    for away in DISCONNECTED:
        app.add_exception_handler(away, _unavailable)
