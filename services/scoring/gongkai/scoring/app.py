"""考核: the composition root of scoring. The only place where its parts are wired together."""

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
