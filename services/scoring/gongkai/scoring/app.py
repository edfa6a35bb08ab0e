"""考核, wired: what moves a score. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.runtime.service import Components, Dependencies, build
from gongkai.runtime.settings import Settings
from gongkai.scoring.scores.reactions import Lateness
from gongkai.scoring.service import SERVICE


def create(settings: Settings) -> FastAPI:
    return build(
        SERVICE,
        settings,
        components=_components,
    )


def _components(deps: Dependencies) -> Components:
    return Components(reactions=[Lateness(deps)])
