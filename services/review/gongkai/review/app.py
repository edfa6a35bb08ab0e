"""审查, wired: secrecy review and consultation. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.runtime.service import Parts, Rooms, build
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import log_for, logs_of
from gongkai.services.review import api
from gongkai.services.review.deadlines import Deadlines
from gongkai.services.review.reactions import Drafts


def create(settings: Settings) -> FastAPI:
    return build(
        settings,
        title="Gongkai 审查 review",
        own=log_for("review"),
        follows=logs_of("intake", "review"),
        rooms=_rooms,
        routers=[api.router],
    )


def _rooms(parts: Parts) -> Rooms:
    return Rooms(deadlines=Deadlines(parts), reactions=[Drafts(parts)])
