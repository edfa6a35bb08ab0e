"""Commands in, position out: publication; and what still stands in its way."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.errors import BadInput, Sentence
from gongkai.contracts.events import Digest, Id
from gongkai.contracts.vocabulary import Duty
from gongkai.runtime.commands import CommandId, Done, PartsOf, carry, known_unit, require_duty, rules_of
from gongkai.runtime.identity import Asking
from gongkai.runtime.service import Parts
from gongkai.services.publishing.aggregates import PUBLICATION, publication_stream
from gongkai.services.publishing.domain import gate, publication
from gongkai.services.publishing.views import docket_of

router = APIRouter(tags=["publishing"])


class Publication(BaseModel):
    """Which version goes out."""

    model_config = ConfigDict(extra="forbid")

    digest: Digest


class Lacking(BaseModel):
    code: str
    clause: str
    zh: str
    en: str


class Gate(BaseModel):
    ready: bool
    digest: Digest
    missing: list[Lacking]


@router.post("/publications/{document_id}", status_code=201)
async def publish(
    document_id: Id, asked: Publication, who: Asking, parts: PartsOf, command: CommandId
) -> Done:
    """Publish one version. Refused while anything is missing at the gate (WY-B.3, WY-B.4, LS-10b, SC-3.3)."""
    docket = await _docket(parts, document_id, asked.digest)
    unit = await known_unit(parts.replica, docket.draft.unit)
    await require_duty(parts, who, unit.unit, Duty.DISCLOSURE_OFFICER)
    now = await parts.clock.now()
    cmd = publication.Publish(docket, asked.digest, unit.name, who.person)
    rules = rules_of(unit, now)
    return await carry(
        parts,
        command=command,
        stream=publication_stream(document_id),
        aggregate=PUBLICATION,
        decide=lambda state: publication.publish(state, cmd, rules, now),
        now=now,
        id=document_id,
    )


@router.get("/publications/{document_id}/gate")
async def look_at_gate(document_id: Id, who: Asking, parts: PartsOf) -> Gate:
    """What still stands between the newest version and the public."""
    docket = await _docket(parts, document_id, None)
    digest = docket.draft.digest
    unit = await known_unit(parts.replica, docket.draft.unit)
    book = rules_of(unit, await parts.clock.now()).book
    lacking = [
        Lacking(code=m.code, clause=m.clause, zh=m.zh, en=m.en) for m in gate.missing(docket, digest, book)
    ]
    return Gate(ready=not lacking, digest=digest, missing=lacking)


async def _docket(parts: Parts, document_id: str, digest: str | None) -> gate.Docket:
    docket = await docket_of(parts.pool, document_id, digest, parts.replica.register)
    if docket is None:
        raise BadInput("document.unknown", Sentence("没有这份文件。", "No such document."), status=404)
    return docket
