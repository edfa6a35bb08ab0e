"""控制台, wired: web for officers, supervisors, auditors. Decides nothing, owns read models, accounts and sessions."""

from pathlib import Path

from fastapi import FastAPI

from gongkai.runtime.identity import Issuer
from gongkai.runtime.service import Parts, Rooms, build
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import LOGS
from gongkai.runtime.web import dress, mount_static, templates
from gongkai.services.console import accounts, log
from gongkai.services.console.errors import install
from gongkai.services.console.pages import (
    account,
    applications,
    dashboard,
    documents,
    drafts,
    events,
    scores,
    sign_in,
    tasks,
    tokens,
)
from gongkai.services.console.views import PROJECTIONS

FOLDER = Path(__file__).parent

# A draft's own addresses come before those of any document.
PAGES = (sign_in, account, tokens, tasks, drafts, documents, applications, dashboard, scores, events)


def create(settings: Settings) -> FastAPI:
    app = build(
        settings,
        title="Gongkai 控制台 console",
        follows=tuple(LOGS.values()),
        rooms=_rooms,
        routers=[log.router, *(page.router for page in PAGES)],
        large=("/documents",),
    )
    app.state.pages = templates(FOLDER)
    app.state.issuer = Issuer.load("console", settings.token_keys)
    mount_static(app, FOLDER / "static")
    dress(app)
    install(app)
    return app


def _rooms(parts: Parts) -> Rooms:
    async def opened() -> None:
        await accounts.first(parts.pool, parts.settings.token_keys, parts.wall())

    return Rooms(handlers=PROJECTIONS, opened=opened)
