"""The portal, wired: the public's pages, on a role that sees what was published and nothing else."""

from fastapi import FastAPI

from gongkai.portal.applications import apply, progress
from gongkai.portal.applications.intake import Intake
from gongkai.portal.catalogue import pages
from gongkai.portal.catalogue.queries import Catalogue
from gongkai.portal.catalogue.views import Documents
from gongkai.portal.face import FOLDER, Desk
from gongkai.portal.guide import pages as standing
from gongkai.portal.law import calendar, rules
from gongkai.portal.service import SERVICE
from gongkai.portal.settings import PortalSettings
from gongkai.portal.site import Site
from gongkai.runtime.identity import Issuer
from gongkai.runtime.service import Components, Dependencies, build
from gongkai.web import dress, mount_static

PROJECTIONS = (Documents(),)


def create(settings: PortalSettings, site: Site | None = None) -> FastAPI:
    """The portal as an ASGI application."""

    def components(deps: Dependencies) -> Components:
        issuer = Issuer.load("portal", settings.token_keys)
        app.state.desk = Desk(
            site=site or Site(),
            address=settings.portal_url.rstrip("/"),
            catalogue=Catalogue(deps.pool),
            intake=Intake(deps.http, settings.intake_url, issuer, deps.wall),
        )
        return Components(handlers=PROJECTIONS)

    app = build(
        SERVICE,
        settings,
        components=components,
        routers=[each.router for each in (pages, apply, progress, calendar, rules, standing)],
    )
    standing.install_errors(app)
    dress(app)
    mount_static(app, own=FOLDER / "static")
    return app
