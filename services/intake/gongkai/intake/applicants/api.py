"""个人信息删除: an officer erases an applicant (《个人信息保护法》第四十七条)."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.envelope import Place
from gongkai.contracts.events import Id
from gongkai.contracts.streams import applicant_stream
from gongkai.contracts.vocabulary import ErasureGround
from gongkai.intake.actions import Action
from gongkai.intake.applicants import aggregate as applicant
from gongkai.intake.applicants.stream import APPLICANT
from gongkai.intake.applications.loading import load_visible
from gongkai.intake.applications.sealing import alone_with
from gongkai.intake.dependencies import IntakeDependenciesOf
from gongkai.runtime.commands import CommandId, Done, carry_out_and_answer, rules_for
from gongkai.runtime.identity import Asking
from gongkai.runtime.rights import acts, require

router = APIRouter(tags=["applications"])


class Erasure(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ground: ErasureGround


@router.post(
    "/applications/{application_id}/erasure", status_code=201, summary="删除个人信息 · Erase the applicant"
)
@acts(Action.ERASE_APPLICANT)
async def erase(
    application_id: Id, asked: Erasure, who: Asking, deps: IntakeDependenciesOf, command: CommandId
) -> Done:
    """Erase the applicant: all that this person ever sealed, in every unit, once every application is answered."""
    received = (await load_visible(deps, who, application_id)).received
    await require(deps, who, Action.ERASE_APPLICANT, unit=received.unit)
    keys, now, person = deps.keys, await deps.clock.now(), received.applicant.person
    rules = await rules_for(deps.replica, received.unit, now)
    async with alone_with(deps, person):
        waiting = await deps.pool.fetchval(
            "SELECT count(*) FROM applicant WHERE person = $1 AND NOT answered", person
        )
        cmd = applicant.Erase(person, application_id, received.unit, asked.ground, waiting, who.person)
        done = await carry_out_and_answer(
            deps,
            command=command,
            stream=applicant_stream(person),
            aggregate=APPLICANT,
            decide=lambda state: applicant.erase(state, cmd, rules, now),
            now=now,
            id=application_id,
        )
        await keys.erase(person)
    if done.place is not None:
        await deps.subscription.wait_for(Place.parse(done.place))
    return done
