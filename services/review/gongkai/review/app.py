"""审查: the composition root of review (secrecy review, consultation, sign-off, permits). The only place where its parts
are wired."""

from fastapi import FastAPI

from gongkai.review.consultation import api as consultation
from gongkai.review.consultation.deadlines import deadlines
from gongkai.review.consultation.reactions import ConsultationRequests
from gongkai.review.release.reactions import ReleaseRequests
from gongkai.review.secrecy import api as secrecy
from gongkai.review.secrecy.reactions import ReviewRequests
from gongkai.review.service import SERVICE
from gongkai.review.signoff import api as signoff
from gongkai.review.signoff.reactions import SignOffs
from gongkai.runtime.build import build
from gongkai.runtime.service import Components, DecidingDependencies
from gongkai.runtime.settings import Settings


def create(settings: Settings) -> FastAPI:
    return build(
        SERVICE,
        settings,
        DecidingDependencies.open,
        components=_components,
        routers=[secrecy.router, consultation.router, signoff.router],
    )


def _components(deps: DecidingDependencies) -> Components:
    return Components(
        deadlines=deadlines(deps),
        reactions=[ReviewRequests(deps), ConsultationRequests(deps), SignOffs(deps), ReleaseRequests(deps)],
    )
