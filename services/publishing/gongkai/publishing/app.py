"""发布: the composition root of publishing. The only place where its parts are wired together."""

from fastapi import FastAPI

from gongkai.publishing.release import api
from gongkai.publishing.release.reactions import Releases
from gongkai.publishing.release.views import Dockets, ReleasedTexts
from gongkai.publishing.service import SERVICE
from gongkai.runtime.build import build
from gongkai.runtime.service import Components, DecidingDependencies
from gongkai.runtime.settings import Settings

PROJECTIONS = (Dockets(),)


def create(settings: Settings) -> FastAPI:
    return build(
        SERVICE,
        settings,
        DecidingDependencies.open,
        components=_components,
        routers=[api.router],
    )


def _components(deps: DecidingDependencies) -> Components:
    return Components(projections=PROJECTIONS, handlers=[ReleasedTexts()], reactions=[Releases(deps)])
