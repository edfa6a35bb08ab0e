"""Error handlers of the portal: readers get a page, not a problem document."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gongkai.ledger.read import DISCONNECTED
from gongkai.portal.pages import current_time, page
from gongkai.runtime.problems import UNREADABLE, unreadable
from gongkai.web.headers import HEADERS


def install(app: FastAPI) -> None:
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    for kind in UNREADABLE:
        app.add_exception_handler(kind, _unreadable)
    for kind in DISCONNECTED:
        app.add_exception_handler(kind, _disconnected)
    app.add_exception_handler(Exception, _failed)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return await error_page(request, status)


async def _malformed(request: Request, _: Exception) -> Response:
    return await error_page(request, 400)


async def _unreadable(request: Request, _: Exception) -> Response:
    return await error_page(request, 422)


async def _disconnected(request: Request, error: Exception) -> Response:
    if unreadable(error):
        return await _unreadable(request, error)
    return await error_page(request, 503)


async def _failed(request: Request, _: Exception) -> Response:
    response = await error_page(request, 500)
    for name, value in HEADERS.items():  # this response is made outside the middleware that sets them
        response.headers.setdefault(name, value)
    return response


async def error_page(request: Request, status: int, wait: int = 0) -> Response:
    """Says what happened and where to go on. `wait`: seconds until another attempt may succeed."""
    response = await page(
        request, "error.html", status, now=await current_time(request), code=status, wait=wait
    )
    if wait or status == 503:
        response.headers["Retry-After"] = str(wait or 5)
    return response
