"""考核, wired: what moves a score. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.runtime.service import Components, Dependencies, build
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import log_for, logs_of
from gongkai.scoring.scores.reactions import Lateness


def create(settings: Settings) -> FastAPI:
    return build(
        settings,
        title="Gongkai 考核 scoring",
        own=log_for("scoring"),
        follows=logs_of("intake", "review"),
        components=_components,
    )


def _components(deps: Dependencies) -> Components:
    return Components(reactions=[Lateness(deps)])
