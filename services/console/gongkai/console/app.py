"""控制台, wired: web for officers, supervisors, auditors. Decides nothing, owns read models; identity is mounted here."""

from pathlib import Path

from fastapi import FastAPI

from gongkai.console import log_api as log
from gongkai.console.applications import pages as applications
from gongkai.console.applications import sign_pages as signing
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
from gongkai.console.submissions import pages as submissions
from gongkai.console.systems import pages as systems
from gongkai.console.tasks import pages as tasks
from gongkai.console.views import PROJECTIONS
from gongkai.identity import app as identity
from gongkai.runtime.build import build
from gongkai.runtime.rights import published
from gongkai.runtime.service import Components, Dependencies
from gongkai.web import add_page_middleware, mount_static

FOLDER = Path(__file__).parent

# The addresses of a new draft come before those of any document.
PAGES = (
    systems, delegations, rights, tasks, drafts, documents, applications, signing, submissions, dashboard, calendar, rules,
    scores, register, register_ending, register_import, events, contracts,
)  # fmt: skip


def create(settings: ConsoleSettings) -> FastAPI:
    """The console as an ASGI application."""
    app = build(
        SERVICE,
        settings,
        Dependencies.open,
        components=_components,
        routers=[log.router, *identity.ROUTERS, *(page.router for page in PAGES)],
        large=("/documents",),
        offered=published,
    )
    identity.set_up(app, settings, FOLDER)
    mount_static(app, FOLDER / "static")
    add_page_middleware(app)
    install(app)
    return app


def _components(deps: Dependencies) -> Components:
    return Components(projections=PROJECTIONS, opened=lambda: identity.opened(deps))
