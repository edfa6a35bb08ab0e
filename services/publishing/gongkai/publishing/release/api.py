"""The HTTP interface of publication: publish a version, and list what is still missing for that."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.errors import BadInput, Sentence
from gongkai.contracts.events import Digest, DocumentDrafted, Event, Id
from gongkai.contracts.streams import document_stream, publication_stream
from gongkai.ledger import read
from gongkai.ledger.decider import ATTEMPTS, Contended
from gongkai.publishing.actions import Action
from gongkai.publishing.release import aggregate as publication
from gongkai.publishing.release import gate
from gongkai.publishing.release.stream import PUBLICATION
from gongkai.publishing.release.views import docket_of
from gongkai.rules import Rules
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


class _Overtaken(Exception):
    """The publication stream changed after the docket was read: try again."""


@router.post("/publications/{document_id}", status_code=201, summary="发布 · Publish a version")
@acts(Action.PUBLISH)
async def publish(
    document_id: Id, body: Publication, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done:
    """Publish one version. Refused while anything is missing at the gate (WY-B.3, WY-B.4, LS-10b, SC-3.3).

    The docket is drawn up after the publication was read, and again whenever that has changed since.
    """
    stream = publication_stream(document_id)
    for _ in range(ATTEMPTS):
        before = PUBLICATION.fold(await read.stream(deps.pool, log_for("publishing"), stream))
        docket = await _docket(deps, document_id)
        unit = await known_unit(deps.replica, docket.draft.unit)
        await require(deps, who, Action.PUBLISH, unit=unit.unit)
        now = await deps.clock.now()
        cmd = publication.Publish(docket, body.digest, unit.name, who.person)
        rules = await rules_for(deps.replica, unit.unit, now)
        try:
            return await carry_out_and_answer(
                deps,
                command=command,
                stream=stream,
                aggregate=PUBLICATION,
                decide=partial(_publish, before=before, cmd=cmd, rules=rules, now=now),
                now=now,
                id=document_id,
            )
        except _Overtaken:
            continue
    raise Contended(stream)


def _publish(
    state: publication.State,
    before: publication.State,
    cmd: publication.Publish,
    rules: Rules,
    now: datetime,
) -> Sequence[Event]:
    if state != before:
        raise _Overtaken
    return publication.publish(state, cmd, rules, now)


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
    docket = await docket_of(deps.pool, document_id, deps.replica.register)
    if docket is None:
        raise BadInput("document.unknown", Sentence("没有这份文件。", "No such document."), status=404)
    return docket


async def _may_look(deps: Dependencies, who: Principal, docket: gate.Docket) -> None:
    """The unit's officers, those asked about this version, auditors and supervisors: who may read the draft."""
    asked = {need.unit for need in docket.draft.consult} | {
        c.asked for c in docket.about(docket.draft.digest)
    }
    await require(deps, who, Action.READ_GATE, unit=docket.draft.unit, asked=asked)
