"""考核: the composition root of scoring. The only place where its parts are wired together."""

from fastapi import FastAPI

from gongkai.runtime.build import build
from gongkai.runtime.service import Components, DecidingDependencies
from gongkai.runtime.settings import Settings
from gongkai.scoring.scores.reactions import Lateness
from gongkai.scoring.service import SERVICE


def create(settings: Settings) -> FastAPI:
    return build(
        SERVICE,
        settings,
        DecidingDependencies.open,
        components=_components,
    )


def _components(deps: DecidingDependencies) -> Components:
    return Components(reactions=[Lateness(deps)])
