"""发布, wired: the gate and what goes through it. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.publishing.release import api
from gongkai.publishing.release.views import Dockets, Releases
from gongkai.runtime.service import Components, Dependencies, build
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import log_for, logs_of


def create(settings: Settings) -> FastAPI:
    return build(
        settings,
        title="Gongkai 发布 publishing",
        own=log_for("publishing"),
        follows=logs_of("intake", "review", "publishing"),
        components=_components,
        routers=[api.router],
    )


def _components(deps: Dependencies) -> Components:
    return Components(handlers=[Dockets(), Releases()])
