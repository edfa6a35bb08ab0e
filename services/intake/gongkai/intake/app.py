"""受理, the composition root: units, drafts and applications come in here. The only place where its things are wired."""

from dataclasses import replace

from fastapi import FastAPI

from gongkai.intake.answers import api as answers
from gongkai.intake.answers.reactions import Dispatches
from gongkai.intake.applicants import api as applicants
from gongkai.intake.applicants.reactions import DestroyKeys
from gongkai.intake.applicants.views import Applicants
from gongkai.intake.applications import api as applications
from gongkai.intake.applications.deadlines import deadlines
from gongkai.intake.applications.views import Receipts
from gongkai.intake.calendar import api as calendar
from gongkai.intake.delegations import api as delegations
from gongkai.intake.dependencies import IntakeDependencies
from gongkai.intake.documents import api as documents
from gongkai.intake.documents.reactions import Handovers
from gongkai.intake.ingress import api as ingress
from gongkai.intake.ingress import corrections
from gongkai.intake.ingress.concurrency import IngressLimits
from gongkai.intake.ingress.handler import IngressHandler
from gongkai.intake.ingress.kafka import KafkaIngress
from gongkai.intake.service import SERVICE
from gongkai.intake.settings import IntakeSettings
from gongkai.intake.systems import api as systems
from gongkai.intake.units import api as units
from gongkai.ledger.seal import Keys
from gongkai.runtime.build import build
from gongkai.runtime.service import Components, Start

PROJECTIONS = (Receipts(), Applicants())


def create(settings: IntakeSettings) -> FastAPI:
    async def dependencies(start: Start) -> IntakeDependencies:
        keys = Keys(await start.connected(settings.keys_dsn))
        return await IntakeDependencies.open(start, keys=keys)

    def components(deps: IntakeDependencies) -> Components:
        handler = app.state.ingress_handler = IngressHandler(deps)
        app.state.ingress_limits = IngressLimits()
        return replace(_components(deps), jobs=[KafkaIngress(deps, handler).run, handler.delete_expired])

    app = build(
        SERVICE,
        settings,
        dependencies,
        components=components,
        routers=[
            units.router,
            systems.router,
            delegations.router,
            documents.router,
            applications.router,
            answers.router,
            applicants.router,
            calendar.router,
            ingress.router,
            corrections.router,
        ],
        large=("/texts",),
        own_bodies=("/v1/events", "/v1/sandbox/events"),
    )
    return app


def _components(deps: IntakeDependencies) -> Components:
    destroy_keys = DestroyKeys(deps.keys)

    async def opened() -> None:
        await destroy_keys.destroy_all(deps)

    return Components(
        projections=PROJECTIONS,
        handlers=[destroy_keys],
        reactions=[Handovers(deps), Dispatches(deps)],
        deadlines=deadlines(deps),
        opened=opened,
    )
