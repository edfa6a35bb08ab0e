"""受理, wired: units, drafts and applications come in here. The only place where its things are put together."""

from dataclasses import replace

from fastapi import FastAPI

from gongkai.intake.applicants import api as erasure
from gongkai.intake.applicants.api import Erasures
from gongkai.intake.applications import api as applications
from gongkai.intake.applications.deadlines import Deadlines
from gongkai.intake.applications.sealing import keys_of
from gongkai.intake.applications.views import Applicants, Receipts
from gongkai.intake.calendar import api as holidays
from gongkai.intake.delegations import api as delegations
from gongkai.intake.documents import api
from gongkai.intake.ingress import api as ingress
from gongkai.intake.ingress import mending
from gongkai.intake.ingress.door import Door
from gongkai.intake.ingress.gate import Gates
from gongkai.intake.ingress.topics import Topics
from gongkai.intake.service import SERVICE
from gongkai.intake.systems import api as systems
from gongkai.intake.units import api as units
from gongkai.runtime.service import Components, Dependencies, build
from gongkai.runtime.settings import Settings

PROJECTIONS = (Receipts(), Applicants())


def create(settings: Settings) -> FastAPI:
    def components(deps: Dependencies) -> Components:
        door = app.state.door = Door(deps)
        app.state.gates = Gates()
        return replace(_components(deps), jobs=[Topics(deps, door).run, door.tidy])

    app = build(
        SERVICE,
        settings,
        components=components,
        routers=[
            units.router,
            systems.router,
            delegations.router,
            api.router,
            applications.router,
            erasure.router,
            holidays.router,
            ingress.router,
            mending.router,
        ],
        large=("/texts",),
        own_bodies=("/v1/events", "/v1/sandbox/events"),
    )
    return app


def _components(deps: Dependencies) -> Components:
    erasures = Erasures(keys_of(deps))

    async def opened() -> None:
        await erasures.sweep(deps)

    return Components(handlers=[*PROJECTIONS, erasures], deadlines=Deadlines(deps), opened=opened)
