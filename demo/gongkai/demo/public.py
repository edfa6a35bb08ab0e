"""The public at the portal: an application as a browser hands it in, page by page, without JavaScript."""

from html.parser import HTMLParser
from typing import Final

import httpx

from gongkai.demo.retry import Unavailable, retry
from gongkai.demo.tasks import PortalForm

RETRY_SECONDS: Final = 90.0  # the portal asks for the list of units every sixty


class Unexpected(Exception):
    """A page of the portal isn't what comes next when an application is handed in."""


class _Hidden(HTMLParser):
    """The hidden fields of the form that posts to `action`."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.fields = action, dict[str, str]()
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("action") == self.action
        elif tag == "input" and self._inside and given.get("type") == "hidden":
            self.fields[given.get("name") or ""] = given.get("value") or ""


async def submit_application(portal: str, form: PortalForm) -> None:
    """Retries until it is accepted; the form's key makes it idempotent.

    Retries also when a page isn't what was expected: a portal that was restarted may not know the units yet.
    """
    retried = (httpx.TransportError, Unexpected)
    await retry("portal/apply", lambda: _submit(portal, form), *retried, seconds=RETRY_SECONDS)


async def _submit(portal: str, form: PortalForm) -> None:
    async with httpx.AsyncClient(base_url=portal, trust_env=False, timeout=30) as browser:
        page = await _page(browser, "GET", "/apply")
        typed = {**_hidden(page, "/apply/check"), **form.fields}
        page = await _page(browser, "POST", "/apply/check", typed)
        checked = _hidden(page, "/apply/send")
        if "key" not in checked:
            raise Unexpected(f"/apply/check asked for something else: {page[:2000]}")
        await _page(browser, "POST", "/apply/send", checked | {"key": str(form.key)})


async def _page(
    browser: httpx.AsyncClient, method: str, path: str, data: dict[str, str] | None = None
) -> str:
    answer = await browser.request(method, path, data=data)
    if answer.is_server_error:
        raise Unavailable(f"{path}: {answer.status_code}")
    if answer.status_code != httpx.codes.OK:
        raise Unexpected(f"{path}: {answer.status_code} {answer.text[:2000]}")
    return answer.text


def _hidden(page: str, action: str) -> dict[str, str]:
    parser = _Hidden(action)
    parser.feed(page)
    return parser.fields
