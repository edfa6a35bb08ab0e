"""拟稿: a new draft or another version of one, typed or uploaded, with attribute, reason and whom to consult (CX-6)."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.calls import ServiceResponse, ask, command, in_form_words
from gongkai.console.documents import reads as documents
from gongkai.console.visitor import Visiting, Visitor
from gongkai.contracts.media import KNOWN, media_type_of_filename
from gongkai.contracts.vocabulary import Attribute, Category, ConsultationKind
from gongkai.identity import sessions
from gongkai.identity.signed_in import ForgedForm, FormFields, show
from gongkai.rules.local_time import local_date
from gongkai.rules.rulebooks import Rulebook, load
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.edge import typed as posted
from gongkai.runtime.rights import ANYWHERE, acts
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem, t

router = APIRouter(include_in_schema=False)

CONSULTATION_FIELDS = ("unit", "kind", "matters", "opinion")
_CONSULT = re.compile(r"consult/([0-9]{1,3})/[a-z]+")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+", re.IGNORECASE)
UNKNOWN = "application/octet-stream"

LABELS = {
    "/unit": ("拟稿单位", "Unit"),
    "/title": ("标题", "Title"),
    "/number": ("发文字号", "Document number"),
    "/category": ("文件类别", "Category"),
    "/attribute": ("公开属性", "Attribute"),
    "/reason": ("理由", "Reason"),
    "/summary": ("内容概述", "Summary"),
    "/formed_on": ("成文日期", "Date formed"),
    "/body": ("正文", "Text"),
}


@dataclass(slots=True)
class DraftForm:
    """The draft form as typed. `upload`: content and media type of the file, when one was chosen."""

    fields: dict[str, str] = field(default_factory=dict)
    needs: list[dict[str, str]] = field(default_factory=list)
    upload: tuple[bytes, str] | None = None

    @classmethod
    async def read(cls, form: FormData) -> "DraftForm":
        plain = {key: value for key, value in form.items() if isinstance(value, str)}
        rows = sorted({int(row[1]) for key in plain if (row := _CONSULT.fullmatch(key))})
        needs = [
            {name: plain.get(f"consult/{row}/{name}", "").strip() for name in CONSULTATION_FIELDS}
            for row in rows
        ]
        return cls(plain, needs, await _uploaded(form.get("file")))

    @property
    def filled(self) -> list[dict[str, str]]:
        return [need for need in self.needs if any(need[name] for name in ("unit", "matters", "opinion"))]

    def content(self) -> tuple[bytes, str]:
        if self.upload:
            return self.upload
        media_type = "text/markdown" if self.fields.get("media_type") == "text/markdown" else "text/plain"
        return self.fields.get("body", "").replace("\r\n", "\n").encode(), media_type

    def keep_upload(self) -> None:
        """A browser can't be given a file back: the content of a text file goes into the text field instead."""
        if self.upload:
            content, media_type = self.upload
            self.fields["body"] = ""
            if media_type.startswith("text/"):
                with suppress(UnicodeDecodeError):
                    self.fields["body"] = content.decode()
                    self.fields["media_type"] = media_type


async def _uploaded(file: object) -> tuple[bytes, str] | None:
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    media = media_type_of_filename(file.filename)
    declared = (file.content_type or "").partition(";")[0].strip()
    if media is None and not _MEDIA_TYPE.fullmatch(declared):
        declared = UNKNOWN
    return await file.read(), media.name if media else declared


@router.get("/documents/new")
@acts(Action.DRAFT)
async def new(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    who.must(Action.DRAFT, ANYWHERE)
    units = who.drafts_for()
    if not units:  # all units that the person drafts for have ended
        raise HTTPException(404)
    today = local_date(await deps.clock.now())
    start = {"unit": units[0], "category": str(Category.OFFICIAL_DOCUMENT), "formed_on": today.isoformat()}
    return await _page(request, who, deps, DraftForm(start))


@router.get("/documents/{document}/revise")
@acts(Action.DRAFT)
async def revise(request: Request, document: str, who: Visiting, deps: DependenciesOf) -> Response:
    row = await documents.one(deps.pool, document)
    if row is None:
        raise HTTPException(404)
    who.must(Action.DRAFT, row["unit"])
    text = ServiceResponse(200)
    if row["media_type"].startswith("text/"):  # a file in another format has to be chosen again
        params = {"digest": row["digest"]}
        text = await ask(deps, who, "intake", "GET", f"/documents/{document}/text", params=params)
    names = ("unit", "title", "number", "category", "attribute", "reason", "summary", "media_type")
    successors = [owner.unit for owner in who.register.owners(row["unit"]) if owner.unit in who.drafts_for()]
    start: dict[str, str] = {name: str(row[name] or "") for name in names} | {
        "unit": successors[0]
        if successors
        else row["unit"],  # an ended unit's document goes on in its successor's name
        "formed_on": row["formed_on"].isoformat(),
        "body": text.text,
    }
    needs = [{name: str(need[name]) for name in CONSULTATION_FIELDS} for need in _needs(row)]
    return await _page(request, who, deps, DraftForm(start, needs), document=document, problems=text.problems)


def _needs(row: Any) -> list[dict[str, Any]]:
    needs: list[dict[str, Any]] = json.loads(row["consult"])
    return needs


@router.post("/documents")
@acts(Action.DRAFT)
async def hand_in(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    form = await posted(request, large=True, max_files=1)
    try:
        if not sessions.tokens_match(who.csrf, form.get("csrf")):
            raise ForgedForm
        typed = await DraftForm.read(form)
    finally:
        await form.close()
    document = typed.fields.get("document", "")
    if typed.fields.get("more"):
        typed.keep_upload()
        typed.needs.append(dict.fromkeys(CONSULTATION_FIELDS, ""))
        return await _page(request, who, deps, typed, document=document)
    if typed.fields.get("look"):
        typed.keep_upload()
        return await _page(request, who, deps, typed, document=document)
    sent = await _send(deps, who, typed, document)
    if isinstance(sent, str):
        return RedirectResponse(f"/documents/{sent}?done=draft", 303)
    typed.keep_upload()
    return await _page(request, who, deps, typed, document=document, problems=sent)


async def _send(deps: Dependencies, who: Visitor, typed: DraftForm, document: str) -> str | list[Problem]:
    """The text first, then the draft that names it: the document's id, or what is wrong."""
    content, media_type = typed.content()
    headers = {"Content-Type": media_type}
    stored = await ask(deps, who, "intake", "POST", "/texts", content=content, headers=headers)
    names = ("unit", "title", "number", "category", "attribute", "reason", "summary", "formed_on")
    body: dict[str, Any] = {
        name: typed.fields[name].strip() for name in names if typed.fields.get(name, "").strip()
    }
    body |= {"consult": typed.filled}
    if document:
        body["document"] = document
    if not stored.ok:  # a draft without its text is refused: report its other faults together with that one
        response = await ask(deps, who, "intake", "POST", "/documents", json=body)
        others = [p for p in response.problems if p.field not in (None, "/digest")]
        return in_form_words([*others, *stored.problems], LABELS)
    body["digest"] = stored.body["digest"]
    response = await command(deps, who, "intake", "/documents", body=body, key=typed.fields.get("key"))
    return str(response.body["id"]) if response.ok else in_form_words(response.problems, LABELS)


async def _page(
    request: Request,
    who: Visitor,
    deps: Dependencies,
    typed: DraftForm,
    *,
    document: str = "",
    problems: list[Problem] | None = None,
) -> Response:
    today = local_date(await deps.clock.now())
    rulebook = _rulebook(who, typed.fields.get("unit", ""), today)
    others = [u for u in who.choosable(None) if u[0] != typed.fields.get("unit")]
    return await show(
        request,
        who,
        "draft.html",
        at="documents",
        status=problems[0].status if problems else 200,
        document=document,
        typed=FormFields(typed.fields),
        needs=typed.needs or [dict.fromkeys(CONSULTATION_FIELDS, "")],
        problems=problems or [],
        units=[(unit, who.unit_name(unit)) for unit in who.drafts_for()],
        others=others,
        categories=[(str(c), t(c.zh, c.en), "") for c in Category],
        attributes=[(str(a), t(a.zh, a.en), _needs_reason(rulebook, a)) for a in _attributes(rulebook)],
        attribute_rules=_attribute_rules(rulebook),
        law=rulebook,
        accepted=",".join(known.ending for known in KNOWN),
        kinds=[(str(k), t(k.zh, k.en)) for k in ConsultationKind],
        kind_rules=_kind_rules(rulebook),
        key=typed.fields.get("key") or str(uuid4()),
    )


def _rulebook(who: Visitor, unit: str, today: Any) -> Rulebook | None:
    return load(who.register.jurisdiction(unit), today) if who.register.unit(unit) else None


def _attributes(rulebook: Rulebook | None) -> list[Attribute]:
    """The attributes that the unit's rulebook has, in the order of the vocabulary."""
    return [a for a in Attribute if rulebook is None or a in rulebook.attributes]


def _needs_reason(rulebook: Rulebook | None, attribute: Attribute) -> str:
    needed = rulebook is not None and rulebook.attributes[attribute].reason_required
    return t("须写明理由", "needs a reason") if needed else ""


def _attribute_rules(rulebook: Rulebook | None) -> list[dict[str, Any]]:
    rules = [(a, rulebook.attributes[a]) for a in _attributes(rulebook)] if rulebook else []
    return [
        {"name": t(a.zh, a.en), "reason": _needs_reason(rulebook, a), "clause": rule.clause}
        for a, rule in rules
    ]


def _kind_rules(rulebook: Rulebook | None) -> list[Mapping[str, str]]:
    """Term and meaning of silence of each kind of consultation, shown before it is sent."""
    if rulebook is None:
        return []
    rules = [(kind, rulebook.consultation(kind)) for kind in ConsultationKind]
    return [
        {
            "kind": t(kind.zh, kind.en),
            "term": t(rule.term.zh, rule.term.en),
            "silence": t(rule.silence.zh, rule.silence.en),
            "clause": rule.clause,
        }
        for kind, rule in rules
    ]
