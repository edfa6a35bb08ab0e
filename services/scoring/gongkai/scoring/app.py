"""考核, wired: what moves a score. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.runtime.service import Parts, Rooms, build
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import log_for, logs_of
from gongkai.scoring.scores.reactions import Lateness


def create(settings: Settings) -> FastAPI:
    return build(
        settings,
        title="Gongkai 考核 scoring",
        own=log_for("scoring"),
        follows=logs_of("intake", "review"),
        rooms=_rooms,
    )


def _rooms(parts: Parts) -> Rooms:
    return Rooms(reactions=[Lateness(parts)])
