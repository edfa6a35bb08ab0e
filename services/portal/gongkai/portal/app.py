"""The portal, wired: pages for the public, with a database role that can read published documents and nothing else."""

from fastapi import FastAPI

from gongkai.portal import errors
from gongkai.portal.applications import pages as apply
from gongkai.portal.applications import progress_pages as progress
from gongkai.portal.applications.intake import IntakeClient
from gongkai.portal.catalogue import pages as catalogue
from gongkai.portal.catalogue.reads import Catalogue
from gongkai.portal.catalogue.views import Documents
from gongkai.portal.guide import pages as guide
from gongkai.portal.law import calendar_pages as calendar
from gongkai.portal.law import rules_pages as rules
from gongkai.portal.pages import FOLDER, PageDependencies
from gongkai.portal.service import SERVICE
from gongkai.portal.settings import PortalSettings
from gongkai.portal.site import Site
from gongkai.runtime.build import build
from gongkai.runtime.identity import Issuer
from gongkai.runtime.service import Components, Dependencies
from gongkai.web import add_page_middleware, mount_static

PROJECTIONS = (Documents(),)


def create(settings: PortalSettings, site: Site | None = None) -> FastAPI:
    """The portal as an ASGI application."""

    def components(deps: Dependencies) -> Components:
        issuer = Issuer.load("portal", settings.token_keys)
        app.state.page_dependencies = PageDependencies(
            site=site or Site(),
            address=settings.portal_url.rstrip("/"),
            catalogue=Catalogue(deps.pool),
            intake=IntakeClient(deps.http, settings.intake_url, issuer, deps.wall),
        )
        return Components(projections=PROJECTIONS)

    app = build(
        SERVICE,
        settings,
        Dependencies.open,
        components=components,
        routers=[each.router for each in (catalogue, apply, progress, calendar, rules, guide)],
    )
    errors.install(app)
    add_page_middleware(app)
    mount_static(app, own=FOLDER / "static")
    return app
