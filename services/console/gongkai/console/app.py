"""控制台, wired: web for officers, supervisors, auditors. Decides nothing, owns read models, accounts and sessions."""

from pathlib import Path

from fastapi import FastAPI

from gongkai.console import log_api as log
from gongkai.console.applications import pages as applications
from gongkai.console.calendar import pages as calendar
from gongkai.console.contracts import pages as contracts
from gongkai.console.dashboard import pages as dashboard
from gongkai.console.delegations import pages as delegations
from gongkai.console.documents import pages as documents
from gongkai.console.drafts import pages as drafts
from gongkai.console.errors import install
from gongkai.console.events import pages as events
from gongkai.console.register import ending_pages as register_ending
from gongkai.console.register import import_pages as register_import
from gongkai.console.register import pages as register
from gongkai.console.rights import pages as rights
from gongkai.console.rules import pages as rules
from gongkai.console.scores import pages as scores
from gongkai.console.service import SERVICE
from gongkai.console.settings import ConsoleSettings
from gongkai.console.submissions import pages as handed
from gongkai.console.systems import pages as systems
from gongkai.console.tasks import pages as tasks
from gongkai.console.views import PROJECTIONS
from gongkai.identity import FOLDER as IDENTITY
from gongkai.identity import accounts
from gongkai.identity.oidc import Provider
from gongkai.identity.pages import account, oidc, sign_in, tokens
from gongkai.runtime.identity import Issuer
from gongkai.runtime.rights import published
from gongkai.runtime.service import Components, Dependencies, build
from gongkai.web import dress, mount_static, templates

FOLDER = Path(__file__).parent
FOLDERS = (FOLDER, IDENTITY)  # whose templates are its pages

# A draft's own addresses come before those of any document.
PAGES = (
    sign_in, oidc, account, tokens, systems, delegations, rights, tasks, drafts, documents, applications, handed,
    dashboard, calendar, rules, scores, register, register_ending, register_import, events, contracts,
)  # fmt: skip


def create(settings: ConsoleSettings) -> FastAPI:
    app = build(
        SERVICE,
        settings,
        components=_components,
        routers=[log.router, *(page.router for page in PAGES)],
        large=("/documents",),
        offered=published,
    )
    app.state.pages = templates(*FOLDERS)
    app.state.oidc = Provider.of(settings)
    app.state.issuer = Issuer.load("console", settings.token_keys)
    mount_static(app, FOLDER / "static")
    dress(app)
    install(app)
    return app


def _components(deps: Dependencies) -> Components:
    async def opened() -> None:
        await accounts.first(deps.pool, deps.settings.token_keys, deps.wall())

    return Components(handlers=PROJECTIONS, opened=opened)
