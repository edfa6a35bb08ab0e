"""受理, wired: units, drafts and applications come in here. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.runtime.service import Parts, Rooms, build
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import log_for, logs_of
from gongkai.services.intake import api, applications
from gongkai.services.intake.deadlines import Deadlines
from gongkai.services.intake.views import Receipts


def create(settings: Settings) -> FastAPI:
    return build(
        settings,
        title="Gongkai 受理 intake",
        own=log_for("intake"),
        follows=logs_of("intake"),
        rooms=_rooms,
        routers=[api.router, applications.router],
    )


def _rooms(parts: Parts) -> Rooms:
    deadlines = Deadlines(parts)
    return Rooms(handlers=[Receipts(), deadlines], due=deadlines.issue)
