"""审查, wired: secrecy review and consultation. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.review import api
from gongkai.review.consultation.deadlines import Deadlines
from gongkai.review.reactions import Drafts
from gongkai.runtime.service import Parts, Rooms, build
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import log_for, logs_of


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
