"""审查, wired: secrecy review and consultation. The only place where its things are put together."""

from fastapi import FastAPI

from gongkai.review import api
from gongkai.review.consultation.deadlines import Deadlines
from gongkai.review.reactions import Drafts
from gongkai.review.service import SERVICE
from gongkai.runtime.service import Components, Dependencies, build
from gongkai.runtime.settings import Settings


def create(settings: Settings) -> FastAPI:
    return build(
        SERVICE,
        settings,
        components=_components,
        routers=[api.router],
    )


def _components(deps: Dependencies) -> Components:
    return Components(deadlines=Deadlines(deps), reactions=[Drafts(deps)])
