"""The HTTP interface of publication: publish a version, and list what is still missing for that."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import Digest, DocumentDrafted, Id
from gongkai.contracts.streams import document_stream, publication_stream
from gongkai.ledger import read
from gongkai.ledger.decider import Contended
from gongkai.publishing.actions import Action
from gongkai.publishing.release import aggregate as publication
from gongkai.publishing.release import refusals
from gongkai.publishing.release.progress import end_of, newest_draft
from gongkai.publishing.release.stream import PUBLICATION
from gongkai.publishing.release.views import docket
from gongkai.rules.release import gate
from gongkai.runtime.commands import (
    CommandId,
    DecidingDependenciesOf,
    DependenciesOf,
    Done,
    carry_out_and_answer,
    known_unit,
    rules_for,
)
from gongkai.runtime.identity import Asking, Principal
from gongkai.runtime.rights import acts, require
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for

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


@router.post(
    "/publications/{document_id}",
    status_code=201,
    response_model=Done,
    summary="发布 · Publish a version",
    responses={202: {"model": Done, "description": "已受理，尚未办结 · taken up, and not ended yet"}},
)
@acts(Action.PUBLISH)
async def publish(
    document_id: Id, body: Publication, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done | Response:
    """Release one version. Refused while anything is missing at the gate (WY-B.3, WY-B.4, LS-10b, SC-3.3).

    Review has to permit it, and intake to hand the version over: 201 with the publication's place when that is done within
    five seconds, else 202 with the place of the request.
    """
    draft = await newest_draft(deps, document_id)
    unit = await known_unit(deps.replica, draft.unit)
    await require(deps, who, Action.PUBLISH, unit=unit.unit)
    now = await deps.clock.now()
    rules = await rules_for(deps.replica, unit.unit, now)
    stream = publication_stream(document_id)
    before = PUBLICATION.fold(await read.stream(deps.pool, log_for("publishing"), stream))
    # The same command again asks anew where the release that it asked for came to nothing.
    request = derived_id(command, f"release/{before.requests if before else 0}")
    cmd = publication.RequestRelease(request.hex, draft, body.digest, who.person)
    done = await carry_out_and_answer(
        deps,
        command=request,
        stream=stream,
        aggregate=PUBLICATION,
        decide=lambda state: publication.request(state, cmd, rules, now),
        now=now,
        id=document_id,
    )
    ended = await end_of(deps, draft, body.digest)
    if ended is None:
        return Response(done.model_dump_json(), 202, media_type="application/json")
    return done.model_copy(update={"place": str(ended)})


@router.get("/publications/{document_id}/gate", summary="发布审查 · What still lacks")
@acts(Action.READ_GATE)
async def look_at_gate(document_id: Id, who: Asking, deps: DependenciesOf) -> Gate:
    """What still stands between the newest version and the public. For whoever may read its draft."""
    docket = await _docket(deps, document_id)
    await _may_look(deps, who, docket)
    digest = docket.draft.digest
    book = (await rules_for(deps.replica, docket.draft.unit, await deps.clock.now())).book
    lacking = [
        Lacking(code=m.code, clause=m.clause, zh=m.zh, en=m.en) for m in gate.missing(docket, digest, book)
    ]
    return Gate(ready=not lacking, digest=digest, missing=lacking)


async def _docket(deps: Dependencies, document_id: str) -> gate.Docket:
    """The docket of the version that is newest in intake's own log: what Kafka hasn't brought yet is waited for."""
    stream = document_stream(document_id)
    entries = await read.stream(deps.pool, log_for("intake"), stream)
    drafts = [entry for entry in entries if entry.record.name == DocumentDrafted.NAME]
    if drafts and not await deps.subscription.wait_for(drafts[-1].place):
        raise Contended(stream)
    found = await docket(deps.pool, document_id, deps.replica.register)
    if found is None:
        raise refusals.unknown_document()
    return found


async def _may_look(deps: Dependencies, who: Principal, docket: gate.Docket) -> None:
    """The unit's officers, those asked about this version, auditors and supervisors: who may read the draft."""
    asked = {need.unit for need in docket.draft.consult} | {
        c.asked for c in docket.about(docket.draft.digest)
    }
    await require(deps, who, Action.READ_GATE, unit=docket.draft.unit, asked=asked)
