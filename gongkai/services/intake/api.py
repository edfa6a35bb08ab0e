"""Commands in, position out: units, texts, drafts."""

from datetime import date
from typing import Annotated, Any
from uuid import uuid5

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.events import (
    ConsultationNeed,
    Digest,
    DocumentDrafted,
    Id,
    Officer,
    SaidLine,
    SaidText,
)
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
from gongkai.services.intake import uploads
from gongkai.services.intake.aggregates import DOCUMENT, UNIT, document_stream, unit_stream
from gongkai.services.intake.domain import document, unit
from gongkai.services.intake.texts import TextTypes, check_text

router = APIRouter(tags=["intake"])


class SaidOfficer(Officer):
    """As it comes in: stricter than as it is stored."""

    name: SaidLine


class SaidNeed(ConsultationNeed):
    """As it comes in: stricter than as it is stored."""

    matters: SaidLine
    opinion: SaidLine


def _officer(said: SaidOfficer) -> Any:
    return Officer(**dict(said))


def _need(said: SaidNeed) -> Any:
    return ConsultationNeed(**dict(said))


class UnitEntry(BaseModel):
    """A unit for the register, as a whole."""

    model_config = ConfigDict(extra="forbid")

    unit: Id
    name: str
    kind: UnitKind
    jurisdiction: Id
    government: Id | None = None
    superior: Id | None = None
    roles: tuple[StandingRole, ...] = ()
    officers: tuple[Officer, ...] = ()


class SaidEntry(UnitEntry):
    """A unit's entry as it comes in."""

    name: SaidLine
    officers: tuple[Annotated[SaidOfficer, AfterValidator(_officer)], ...] = ()


@router.post("/units", status_code=201)
async def register_unit(entry: SaidEntry, who: Asking, parts: PartsOf, command: CommandId) -> Done:
    """Enter a unit into the register, or replace its entry as a whole."""
    require_registrar(who)
    now = await parts.clock.now()
    cmd = unit.Register(**dict(entry), by=who.person)
    if entry.superior not in (None, entry.unit):
        await known_unit(parts.replica, str(entry.superior), "/superior")
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
    units = await _units_of(parts, who)
    media_type, content = await check_text(request)
    now = await parts.clock.now()
    digest = await uploads.put(parts.pool, content, media_type, units=units, person=who.person, now=now)
    return Stored(digest=digest, size=len(content), media_type=media_type)


class Draft(BaseModel):
    """A draft with its disclosure attribute. The same document id again is a new version."""

    model_config = ConfigDict(extra="forbid")

    document: Id | None = None
    unit: Id
    title: SaidLine
    number: SaidLine | None = None
    category: Category = Category.OFFICIAL_DOCUMENT
    attribute: Annotated[str | None, Field(description="code of 公开属性")] = None
    reason: SaidText = ""
    summary: SaidText = ""
    digest: Digest
    formed_on: date
    consult: tuple[Annotated[SaidNeed, AfterValidator(_need)], ...] = ()


@router.post("/documents", status_code=201)
async def draft_document(draft: Draft, who: Asking, parts: PartsOf, command: CommandId) -> Done:
    """Hand in a draft. Refused without attribute, without the reason that the rulebook asks for (CX-6)."""
    entry = await known_unit(parts.replica, draft.unit)
    await require_duty(parts, who, draft.unit, Duty.DRAFTER, Duty.DISCLOSURE_OFFICER)
    for index, need in enumerate(draft.consult):
        await known_unit(parts.replica, need.unit, f"/consult/{index}/unit")
    try:
        media_type, size = await uploads.describe(parts.pool, draft.digest, draft.unit)
    except blobs.Absent:
        says = Sentence(
            "本单位没有上传过该摘要对应的正文。请先上传正文。",
            "Your unit uploaded no text with that digest. Upload the text first.",
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
    readable = await _readable(parts, who, wanted)
    if not readable:
        says = Sentence("您无权阅读该文稿。", "You have no right to read this draft.")
        raise Refused("rights.read-draft", "SC-1.1", says, status=403)
    content = await blobs.get(parts.pool, readable[-1].digest)
    return Response(content, media_type=readable[-1].media_type)


async def _readable(parts: Parts, who: Principal, versions: list[DocumentDrafted]) -> list[DocumentDrafted]:
    """All of them for the unit's own officers and supervisors; for others those on which they were consulted."""
    register = await parts.replica.sync()
    holdings = register.holdings(who.person)
    supervising = (StandingRole.AUTHORITY, StandingRole.SECRECY, StandingRole.SUPERVISION)
    if any(Duty.AUDITOR in holding.duties for holding in holdings):
        return versions
    if any(register.stands_for(who.person, role) for role in supervising):
        return versions
    mine = {holding.unit for holding in holdings}
    return [v for v in versions if v.unit in mine or any(need.unit in mine for need in v.consult)]


async def _units_of(parts: Parts, who: Principal) -> set[str]:
    """The units in which the person has a duty. Refused for who has none."""
    units = {holding.unit for holding in (await parts.replica.sync()).holdings(who.person)}
    if not units:
        says = Sentence("只有在册工作人员可以上传正文。", "Only registered officers may upload texts.")
        raise Refused("rights.officer", "SC-1.1", says, status=403)
    return units
