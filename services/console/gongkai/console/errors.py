"""Error handlers: a redirect to sign-in, or a page that says what is wrong and what to do."""

from typing import Any
from urllib.parse import quote

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.console.visitor import Visitor, visitor
from gongkai.contracts.errors import Refused, Sentence
from gongkai.identity.signed_in import ForgedForm, SignInNeeded, StalePassword
from gongkai.runtime import problems
from gongkai.web.headers import HEADERS

_SAYS = {
    403: Sentence("您无权查看这一页。", "You have no right to see this page."),
    404: Sentence(
        "没有这一页，或者内容尚未到达。", "There is no such page, or its content hasn't arrived yet."
    ),
    405: Sentence("请从页面上的按钮提交。", "Please use the buttons of the pages."),
    413: Sentence("提交的内容过长。", "What was sent is too long."),
    422: Sentence(
        "地址或表单中有无法识别的内容。", "The address or the form holds something that can't be read."
    ),
}
_MORE = {
    403: Sentence(
        "工作需要查看的，请与名录管理员联系，在单位名录中登记相应职责。",
        "If your work needs it, ask the registrar to enter the duty in the register.",
    ),
    404: Sentence(
        "请核对地址；刚刚提交的内容，稍后刷新即可看到。",
        "Check the address. What was sent just now is here after a moment: reload.",
    ),
    413: Sentence(
        "正文最多 5 MiB，其他文件最多 16 MiB。请返回并缩短内容。",
        "A text has 5 MiB at most, another file 16 MiB. Go back and shorten what was sent.",
    ),
    422: Sentence("请从菜单进入，重新筛选。", "Go in by the menu, and filter anew."),
}
_AGAIN = Sentence("如反复出现，请告知系统管理员。", "If it happens again, tell the administrator.")
_FORGED = Sentence(
    "表单已过期，没有提交。请返回上一页，刷新后重新提交。",
    "The form is out of date and was not submitted. Go back, reload the page and send it again.",
)
_FAILED = Sentence("系统出错，未能完成。", "Something went wrong here; it was not done.")


def install(app: FastAPI) -> None:
    """Pages for browsers; the few APIs keep their problem documents."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(StalePassword, _stale)
    app.add_exception_handler(ForgedForm, _forged)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Refused, _refused_to(app.exception_handlers[Refused]))
    app.add_exception_handler(Exception, _failed)
    as_document: Any = app.exception_handlers[RequestValidationError]

    async def malformed(request: Request, error: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            response: Response = await as_document(request, error)
            return response
        return await _page(request, 422, _SAYS[422])

    app.add_exception_handler(RequestValidationError, malformed)
    for kind in (*problems.UNREADABLE, asyncpg.InterfaceError):
        app.add_exception_handler(kind, _for_people(app.exception_handlers[kind]))


def _for_people(as_document: Any) -> Any:
    """A page for a value that can't be stored; the common handler's response for any other error."""

    async def handler(request: Request, error: Exception) -> Response:
        if request.url.path.startswith("/api/") or not problems.unreadable(error):
            response: Response = await as_document(request, error)
            return response
        return await _page(request, 422, _SAYS[422])

    return handler


async def _sign_in(request: Request, _: Exception) -> Response:
    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = "" if request.method != "GET" or where == "/" else f"?next={quote(where)}"
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": f"/sign-in{back}"})
    return RedirectResponse(f"/sign-in{back}", 303)


def _refused_to(as_document: Any) -> Any:
    async def handler(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        if request.url.path.startswith(("/api/", "/log/")):
            response: Response = await as_document(request, error)
            return response
        return await _page(request, error.status, error.says, f"{error.code} · {error.clause}")

    return handler


async def _stale(request: Request, _: Exception) -> Response:
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": "/password"})
    return RedirectResponse("/password", 303)


async def _forged(request: Request, _: Exception) -> Response:
    return await _page(request, 403, _FORGED, more=_AGAIN)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    says = _SAYS.get(status, _FAILED)
    if request.url.path.startswith(("/api/", "/log/", "/static/")):
        return problems.problem(status, f"http.{status}", says)
    return await _page(request, status, says)


async def _failed(request: Request, _: Exception) -> Response:
    """The error itself is re-raised, so that it is logged; browsers get a page."""
    if request.url.path.startswith("/api/"):
        return problems.problem(500, "http.500", _FAILED)
    response = await _page(request, 500, _FAILED)
    for name, value in HEADERS.items():  # this answer is made outside the middleware that sets them
        response.headers.setdefault(name, value)
    return response


async def _page(
    request: Request, status: int, says: Sentence, code: str = "", more: Sentence | None = None
) -> Response:
    response: Response = await request.app.state.pages.page(
        request,
        "error.html",
        status=status,
        who=await _who(request) if status < 500 else None,
        at="",
        says=says,
        more=more or _MORE.get(status, _AGAIN),
        code=code or status,
    )
    return response


async def _who(request: Request) -> Visitor | None:
    """Whoever is signed in keeps the menu."""
    try:
        return await visitor(request, request.app.state.deps)
    except Exception:  # an error page must not fail for the same reason as the page
        return None
