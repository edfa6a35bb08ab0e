"""Commands in, position out: units, texts, drafts."""

from datetime import date
from typing import Annotated
from uuid import uuid5

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.events import ConsultationNeed, Digest, Id, Line, Officer, Text
from gongkai.contracts.vocabulary import Category, Duty, StandingRole, UnitKind
from gongkai.ledger import blobs, read
from gongkai.runtime.commands import (
    CommandId,
    Done,
    PartsOf,
    carry,
    known_unit,
    require_duty,
    require_registrar,
    rules_of,
    rules_of_jurisdiction,
)
from gongkai.runtime.identity import Asking, Principal
from gongkai.runtime.service import Parts
from gongkai.runtime.topology import log_for
from gongkai.services.intake.aggregates import DOCUMENT, UNIT, document_stream, unit_stream
from gongkai.services.intake.domain import document, unit
from gongkai.services.intake.texts import TextTypes, check_text

router = APIRouter(tags=["intake"])


class UnitEntry(BaseModel):
    """A unit for the register, as a whole."""

    model_config = ConfigDict(extra="forbid")

    unit: Id
    name: Line
    kind: UnitKind
    jurisdiction: Id
    government: Id | None = None
    superior: Id | None = None
    roles: tuple[StandingRole, ...] = ()
    officers: tuple[Officer, ...] = ()


@router.post("/units", status_code=201)
async def register_unit(entry: UnitEntry, who: Asking, parts: PartsOf, command: CommandId) -> Done:
    """Enter a unit into the register, or replace its entry as a whole."""
    require_registrar(who)
    now = await parts.clock.now()
    cmd = unit.Register(**dict(entry), by=who.person)
    rules = rules_of_jurisdiction(entry.jurisdiction, now)
    done = await carry(
        parts,
        command=command,
        stream=unit_stream(entry.unit),
        aggregate=UNIT,
        decide=lambda state: unit.register(state, cmd, rules, now),
        now=now,
        id=entry.unit,
    )
    await parts.replica.sync()
    return done


@router.get("/units")
async def units(who: Asking, parts: PartsOf) -> list[UnitEntry]:
    """The register as it stands. The public sees units, not officers."""
    register = await parts.replica.sync()
    entries = [UnitEntry(**e.model_dump(exclude={"at", "by"})) for e in register.units.values()]
    return [e.model_copy(update={"officers": ()}) for e in entries] if who.is_public else entries


class Stored(BaseModel):
    digest: Digest
    size: int
    media_type: str


@router.post("/texts", status_code=201)
async def put_text(request: Request, who: Asking, parts: PartsOf) -> Stored:
    """Store a text before the event that names it. Plain text or Markdown, UTF-8, at most 5 MiB."""
    await _an_officer(parts, who)
    media_type, content = await check_text(request)
    async with parts.pool.acquire() as conn:
        digest = await blobs.put(conn, content, media_type, await parts.clock.now())
    return Stored(digest=digest, size=len(content), media_type=media_type)


class Draft(BaseModel):
    """A draft with its disclosure attribute. The same document id again is a new version."""

    model_config = ConfigDict(extra="forbid")

    document: Id | None = None
    unit: Id
    title: Line
    number: Line | None = None
    category: Category = Category.OFFICIAL_DOCUMENT
    attribute: Annotated[str | None, Field(description="code of 公开属性")] = None
    reason: Text = ""
    summary: Text = ""
    digest: Digest
    formed_on: date
    consult: tuple[ConsultationNeed, ...] = ()


@router.post("/documents", status_code=201)
async def draft_document(draft: Draft, who: Asking, parts: PartsOf, command: CommandId) -> Done:
    """Hand in a draft. Refused without attribute, without the reason that the rulebook asks for (CX-6)."""
    entry = await known_unit(parts.replica, draft.unit)
    await require_duty(parts, who, draft.unit, Duty.DRAFTER, Duty.DISCLOSURE_OFFICER)
    for index, need in enumerate(draft.consult):
        await known_unit(parts.replica, need.unit, f"/consult/{index}/unit")
    try:
        media_type, size = await blobs.describe(parts.pool, draft.digest)
    except blobs.Absent:
        says = Sentence(
            "没有该摘要对应的正文。请先上传正文。", "No text has that digest. Upload the text first."
        )
        raise Refused("document.no-text", "GT-review", says, field="/digest") from None
    now = await parts.clock.now()
    document_id = draft.document or uuid5(command, "document").hex
    fields = dict(draft) | {"document": document_id, "media_type": media_type, "size": size, "by": who.person}
    cmd, rules = document.Draft(**fields), rules_of(entry, now)
    return await carry(
        parts,
        command=command,
        stream=document_stream(document_id),
        aggregate=DOCUMENT,
        decide=lambda state: document.draft(state, cmd, rules, now),
        now=now,
        id=document_id,
    )


@router.get("/documents/{document_id}/text", response_class=Response, responses={200: {"content": TextTypes}})
async def read_text(document_id: Id, who: Asking, parts: PartsOf, digest: Digest | None = None) -> Response:
    """A version's text: the newest, or the one named. For the unit's officers, those asked, and supervisors."""
    entries = await read.stream(parts.pool, log_for("intake"), document_stream(document_id))
    versions = [v.version for e in entries if isinstance(v := DOCUMENT.fold([e]), document.Drafted)]
    wanted = [v for v in versions if digest is None or v.digest == digest]
    if not wanted:
        raise BadInput("document.unknown", Sentence("没有这份文件。", "No such document."), status=404)
    await _may_read(parts, who, wanted[-1].unit, *(need.unit for v in versions for need in v.consult))
    content = await blobs.get(parts.pool, wanted[-1].digest)
    return Response(content, media_type=wanted[-1].media_type)


async def _may_read(parts: Parts, who: Principal, *units: str) -> None:
    register = await parts.replica.sync()
    supervising = (StandingRole.AUTHORITY, StandingRole.SECRECY, StandingRole.SUPERVISION)
    if any(
        holding.unit in units or Duty.AUDITOR in holding.duties for holding in register.holdings(who.person)
    ):
        return
    if any(register.stands_for(who.person, role) for role in supervising):
        return
    says = Sentence("您无权阅读该文稿。", "You have no right to read this draft.")
    raise Refused("rights.read-draft", "SC-1.1", says, status=403)


async def _an_officer(parts: Parts, who: Principal) -> None:
    if not (parts.register.holdings(who.person) or (await parts.replica.sync()).holdings(who.person)):
        says = Sentence("只有在册工作人员可以上传正文。", "Only registered officers may upload texts.")
        raise Refused("rights.officer", "SC-1.1", says, status=403)
