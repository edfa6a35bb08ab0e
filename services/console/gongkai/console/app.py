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
from gongkai.services.console.oidc import Provider
from gongkai.services.console.pages import (
    account,
    applications,
    calendar,
    contracts,
    dashboard,
    delegations,
    documents,
    drafts,
    events,
    handed,
    oidc,
    register,
    register_ending,
    register_import,
    rights,
    rules,
    scores,
    sign_in,
    systems,
    tasks,
    tokens,
)
from gongkai.services.console.views import PROJECTIONS

FOLDER = Path(__file__).parent

# A draft's own addresses come before those of any document.
PAGES = (
    sign_in, oidc, account, tokens, systems, delegations, rights, tasks, drafts, documents, applications, handed,
    dashboard, calendar, rules, scores, register, register_ending, register_import, events, contracts,
)  # fmt: skip


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
    app.state.oidc = Provider.of(settings)
    app.state.issuer = Issuer.load("console", settings.token_keys)
    mount_static(app, FOLDER / "static")
    dress(app)
    install(app)
    return app


def _rooms(parts: Parts) -> Rooms:
    async def opened() -> None:
        await accounts.first(parts.pool, parts.settings.token_keys, parts.wall())

    return Rooms(handlers=PROJECTIONS, opened=opened)
