"""发布: the composition root of publishing. The only place where its parts are wired together."""

from fastapi import FastAPI

from gongkai.publishing.release import api
from gongkai.publishing.release.views import Dockets, Releases
from gongkai.publishing.service import SERVICE
from gongkai.runtime.service import Components, Dependencies, build
from gongkai.runtime.settings import Settings

PROJECTIONS = (Dockets(),)


def create(settings: Settings) -> FastAPI:
    return build(
        SERVICE,
        settings,
        components=_components,
        routers=[api.router],
    )


def _components(deps: Dependencies) -> Components:
    return Components(handlers=[*PROJECTIONS, Releases()])
