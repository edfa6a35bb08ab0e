"""个人信息删除: who asks for it, and what destroys the key (《个人信息保护法》第四十七条).

The event comes first and is what counts; the key is destroyed because of it, here, by whoever follows the log, and
again at every start: an older backup of the keys brings no erased person back.
"""

from collections.abc import Sequence

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.envelope import Place
from gongkai.contracts.events import ApplicantErased, Id, only
from gongkai.contracts.vocabulary import ErasureGround
from gongkai.intake.actions import Action
from gongkai.intake.applicants import aggregate as applicant
from gongkai.intake.applications.api import case_of
from gongkai.intake.applications.sealing import alone_with, keys_of
from gongkai.intake.streams import APPLICANT, applicant_stream
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.seal import Keys
from gongkai.runtime.commands import CommandId, DependenciesOf, Done, carry, rules_for
from gongkai.runtime.identity import Asking
from gongkai.runtime.rights import acts, require
from gongkai.runtime.service import Dependencies

router = APIRouter(tags=["applications"])


class Erasure(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ground: ErasureGround


@router.post(
    "/applications/{application_id}/erasure", status_code=201, summary="删除个人信息 · Erase the applicant"
)
@acts(Action.ERASE_APPLICANT)
async def erase(
    application_id: Id, asked: Erasure, who: Asking, deps: DependenciesOf, command: CommandId
) -> Done:
    """Erase the applicant: all that this person ever sealed, in every unit, once every application is answered."""
    received = (await case_of(deps, who, application_id)).received
    await require(deps, who, Action.ERASE_APPLICANT, unit=received.unit)
    keys, now, person = keys_of(deps), await deps.clock.now(), received.applicant.person
    rules = await rules_for(deps.replica, received.unit, now)
    async with alone_with(deps, person):
        waiting = await deps.pool.fetchval(
            "SELECT count(*) FROM applicant WHERE person = $1 AND NOT answered", person
        )
        cmd = applicant.Erase(person, application_id, received.unit, asked.ground, waiting, who.person)
        done = await carry(
            deps,
            command=command,
            stream=applicant_stream(person),
            aggregate=APPLICANT,
            decide=lambda state: applicant.erase(state, cmd, rules, now),
            now=now,
            id=application_id,
        )
        await keys.erase(person)
    if done.place is not None and deps.subscription is not None:
        await deps.subscription.wait_for(Place.parse(done.place))
    return done


class Erasures:
    """Destroys the keys of whom the log says that they are erased. Doing it again does nothing."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        for what in batch:
            if (event := only(what.record, ApplicantErased)) is not None:
                await self._keys.erase(event.person)

    async def sweep(self, deps: Dependencies) -> None:
        """At the start: once more, for all."""
        for row in await deps.pool.fetch("SELECT person FROM erased"):
            await self._keys.erase(row["person"])
