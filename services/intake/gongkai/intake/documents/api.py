"""Commands in, position out: texts and drafts."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from gongkai.contracts.commands import Draft
from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import Digest, DocumentDrafted, Id, decode_if
from gongkai.contracts.streams import document_stream
from gongkai.intake.actions import Action
from gongkai.intake.documents import aggregate as document
from gongkai.intake.documents import refusals, uploads
from gongkai.intake.documents.releases import ended_release
from gongkai.intake.documents.stream import DOCUMENT
from gongkai.intake.documents.texts import TEXT_BODY, check_text
from gongkai.intake.units.rules import require_existing
from gongkai.ledger import blobs, read
from gongkai.rules.local_time import local_date
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
from gongkai.runtime.openapi import answers
from gongkai.runtime.rights import RightSubject, acts, allowed, asker_of, refusal, require
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for

router = APIRouter(tags=["intake"])


class Stored(BaseModel):
    digest: Digest
    size: int
    media_type: str


@router.post(
    "/texts",
    status_code=201,
    summary="上传正文 · Upload a text",
    responses=answers(400, 413, 415),
    openapi_extra={"requestBody": {"required": True, "content": TEXT_BODY}},
)
@acts(Action.UPLOAD_TEXT)
async def put_text(request: Request, who: Asking, deps: DependenciesOf) -> Stored:
    """Store a text, or information in another form, before the event that names it: text, picture, chart, sound, video or
    electronic draft (LS-2). Words are UTF-8, at most 5 MiB; other forms have 16 MiB at most."""
    units = await _units_of(deps, who)
    media_type, content = await check_text(request)
    now = await deps.clock.now()
    digest = await uploads.put(deps.pool, content, media_type, units=units, person=who.person, now=now)
    return Stored(digest=digest, size=len(content), media_type=media_type)


@router.post("/documents", status_code=201, summary="报送拟稿 · Hand in a draft")
@acts(Action.DRAFT)
async def draft_document(draft: Draft, who: Asking, deps: DecidingDependenciesOf, command: CommandId) -> Done:
    """Hand in a draft. Refused without attribute, without the reason that the rulebook asks for (CX-6)."""
    now = await deps.clock.now()
    await known_unit(deps.replica, draft.unit)
    require_existing(deps.replica.register, draft.unit, local_date(now))
    await require(deps, who, Action.DRAFT, unit=draft.unit)
    for index, need in enumerate(draft.consult):
        await known_unit(deps.replica, need.unit, field := f"/consult/{index}/unit")
        require_existing(deps.replica.register, need.unit, local_date(now), field)
    try:
        media_type, size = await uploads.describe(deps.pool, draft.digest, draft.unit)
    except blobs.Absent:
        raise refusals.no_such_text() from None
    document_id = draft.document or derived_id(command, "document").hex
    fields = dict(draft) | {"document": document_id, "media_type": media_type, "size": size, "by": who.person}
    fields["carries_on"] = frozenset(deps.replica.register.inherited(draft.unit, local_date(now)))
    state = DOCUMENT.fold(await read.stream(deps.pool, log_for("intake"), document_stream(document_id)))
    fields["ended"] = await ended_release(deps.pool, state)
    cmd, rules = document.Draft(**fields), await rules_for(deps.replica, draft.unit, now)
    return await carry_out_and_answer(
        deps,
        command=command,
        stream=document_stream(document_id),
        aggregate=DOCUMENT,
        decide=lambda state: document.draft(state, cmd, rules, now),
        now=now,
        id=document_id,
    )


@router.get(
    "/documents/{document_id}/text",
    summary="读取正文 · Read a draft's text",
    response_class=Response,
    responses={200: {"content": TEXT_BODY}},
)
@acts(Action.READ_DRAFT)
async def read_text(
    document_id: Id, who: Asking, deps: DependenciesOf, digest: Digest | None = None
) -> Response:
    """A version's text: the newest, or the one named. For the unit's officers, those asked, and supervisors."""
    entries = await read.stream(deps.pool, log_for("intake"), document_stream(document_id))
    versions = [v for e in entries if (v := decode_if(e.record, DocumentDrafted)) is not None]
    wanted = [v for v in versions if digest is None or v.digest == digest]
    if not wanted:
        raise refusals.unknown_document()
    asker = await asker_of(deps, who)
    about = [RightSubject(v.unit, frozenset(need.unit for need in v.consult)) for v in wanted]
    readable = [v for v, case in zip(wanted, about, strict=True) if allowed(asker, Action.READ_DRAFT, case)]
    if not readable:  # who was asked reads the versions about which he was asked
        raise refusal(asker, Action.READ_DRAFT, about[-1])
    content = await blobs.get(deps.pool, readable[-1].digest)
    kept = {} if readable[-1].media_type.startswith("text/") else {"Content-Disposition": "attachment"}
    return Response(content, media_type=readable[-1].media_type, headers=kept)


async def _units_of(deps: Dependencies, who: Principal) -> set[str]:
    """The units for which somebody uploads. Refused for who hands in no drafts."""
    right = await require(deps, who, Action.UPLOAD_TEXT)
    held = {holding.unit for holding in right.register.holdings(who.person, on=right.day)}
    return held | ({who.unit} if who.unit else set())
