"""发布, wired: the gate and what goes through it. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.publishing.release import api
from gongkai.publishing.release.views import Dockets, Releases
from gongkai.runtime.service import Parts, Rooms, build
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import log_for, logs_of


def create(settings: Settings) -> FastAPI:
    return build(
        settings,
        title="Gongkai 发布 publishing",
        own=log_for("publishing"),
        follows=logs_of("intake", "review", "publishing"),
        rooms=_rooms,
        routers=[api.router],
    )


def _rooms(parts: Parts) -> Rooms:
    return Rooms(handlers=[Dockets(), Releases()])
