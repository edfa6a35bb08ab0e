"""受理, wired: units, drafts and applications come in here. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.runtime.service import Parts, Rooms, build
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import log_for, logs_of
from gongkai.services.intake import api, applications, erasure
from gongkai.services.intake.deadlines import Deadlines
from gongkai.services.intake.erasure import Erasures
from gongkai.services.intake.sealing import keys_of
from gongkai.services.intake.views import Applicants, Receipts


def create(settings: Settings) -> FastAPI:
    return build(
        settings,
        title="Gongkai 受理 intake",
        own=log_for("intake"),
        follows=logs_of("intake"),
        rooms=_rooms,
        routers=[api.router, applications.router, erasure.router],
        large=("/texts",),
    )


def _rooms(parts: Parts) -> Rooms:
    erasures = Erasures(keys_of(parts))

    async def opened() -> None:
        await erasures.sweep(parts)

    return Rooms(handlers=[Receipts(), Applicants(), erasures], deadlines=Deadlines(parts), opened=opened)
