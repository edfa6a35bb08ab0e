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
from gongkai.console.calls import Answer, ask, command, humane
from gongkai.console.documents import reads as documents
from gongkai.contracts.media import KNOWN, of_file
from gongkai.contracts.vocabulary import Attribute, Category, ConsultationKind
from gongkai.identity import sessions
from gongkai.identity.visitor import ForgedForm, Kept, Visiting, Visitor, show
from gongkai.rules.moment import local_date
from gongkai.rules.rulebooks import Rulebook, load
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.edge import typed as posted
from gongkai.runtime.rights import ANYWHERE, acts
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem, t

router = APIRouter(include_in_schema=False)

NEED = ("unit", "kind", "matters", "opinion")
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
class Typed:
    """What is in the form, as typed. `upload` is a file's content and media type, when one was chosen."""

    fields: dict[str, str] = field(default_factory=dict)
    needs: list[dict[str, str]] = field(default_factory=list)
    upload: tuple[bytes, str] | None = None

    @classmethod
    async def read(cls, form: FormData) -> "Typed":
        plain = {key: value for key, value in form.items() if isinstance(value, str)}
        rows = sorted({int(row[1]) for key in plain if (row := _CONSULT.fullmatch(key))})
        needs = [{name: plain.get(f"consult/{row}/{name}", "").strip() for name in NEED} for row in rows]
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
        """A browser can't send a file back: its text goes into the form, where it is one."""
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
    media = of_file(file.filename)
    told = (file.content_type or "").partition(";")[0].strip()
    return await file.read(), media.name if media else told if _MEDIA_TYPE.fullmatch(told) else UNKNOWN


@router.get("/documents/new")
@acts(Action.DRAFT)
async def new(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    who.must(Action.DRAFT, ANYWHERE)
    units = who.drafts_for()
    if not units:  # all that he drafts for has ended
        raise HTTPException(404)
    today = local_date(await deps.clock.now())
    start = {"unit": units[0], "category": str(Category.OFFICIAL_DOCUMENT), "formed_on": today.isoformat()}
    return await _page(request, who, deps, Typed(start))


@router.get("/documents/{document}/revise")
@acts(Action.DRAFT)
async def revise(request: Request, document: str, who: Visiting, deps: DependenciesOf) -> Response:
    row = await documents.one(deps.pool, document)
    if row is None:
        raise HTTPException(404)
    who.must(Action.DRAFT, row["unit"])
    text = Answer(200)
    if row["media_type"].startswith("text/"):  # a file in another form is chosen anew
        params = {"digest": row["digest"]}
        text = await ask(deps, who, "intake", "GET", f"/documents/{document}/text", params=params)
    names = ("unit", "title", "number", "category", "attribute", "reason", "summary", "media_type")
    heirs = [owner.unit for owner in who.register.owners(row["unit"]) if owner.unit in who.drafts_for()]
    start: dict[str, str] = {name: str(row[name] or "") for name in names} | {
        "unit": heirs[0]
        if heirs
        else row["unit"],  # an ended unit's document goes on in its successor's name
        "formed_on": row["formed_on"].isoformat(),
        "body": text.text,
    }
    needs = [{name: str(need[name]) for name in NEED} for need in _needs(row)]
    return await _page(request, who, deps, Typed(start, needs), document=document, problems=text.problems)


def _needs(row: Any) -> list[dict[str, Any]]:
    needs: list[dict[str, Any]] = json.loads(row["consult"])
    return needs


@router.post("/documents")
@acts(Action.DRAFT)
async def hand_in(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    form = await posted(request, large=True, max_files=1)
    try:
        if not sessions.same(who.csrf, form.get("csrf")):
            raise ForgedForm
        typed = await Typed.read(form)
    finally:
        await form.close()
    document = typed.fields.get("document", "")
    if typed.fields.get("more"):
        typed.keep_upload()
        typed.needs.append(dict.fromkeys(NEED, ""))
        return await _page(request, who, deps, typed, document=document)
    if typed.fields.get("look"):
        typed.keep_upload()
        return await _page(request, who, deps, typed, document=document)
    answered = await _send(deps, who, typed, document)
    if isinstance(answered, str):
        return RedirectResponse(f"/documents/{answered}?done=draft", 303)
    typed.keep_upload()
    return await _page(request, who, deps, typed, document=document, problems=answered)


async def _send(deps: Dependencies, who: Visitor, typed: Typed, document: str) -> str | list[Problem]:
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
    if not stored.ok:  # a draft without its text is refused: what else is wrong with it is said at once
        answer = await ask(deps, who, "intake", "POST", "/documents", json=body)
        others = [p for p in answer.problems if p.field not in (None, "/digest")]
        return humane([*others, *stored.problems], LABELS)
    body["digest"] = stored.body["digest"]
    answer = await command(deps, who, "intake", "/documents", body=body, key=typed.fields.get("key"))
    return str(answer.body["id"]) if answer.ok else humane(answer.problems, LABELS)


async def _page(
    request: Request,
    who: Visitor,
    deps: Dependencies,
    typed: Typed,
    *,
    document: str = "",
    problems: list[Problem] | None = None,
) -> Response:
    today = local_date(await deps.clock.now())
    book = _book(who, typed.fields.get("unit", ""), today)
    others = [u for u in who.choosable(None) if u[0] != typed.fields.get("unit")]
    return await show(
        request,
        who,
        "draft.html",
        at="documents",
        status=problems[0].status if problems else 200,
        document=document,
        typed=Kept(typed.fields),
        needs=typed.needs or [dict.fromkeys(NEED, "")],
        problems=problems or [],
        units=[(unit, who.unit_name(unit)) for unit in who.drafts_for()],
        others=others,
        categories=[(str(c), t(c.zh, c.en), "") for c in Category],
        attributes=[(str(a), t(a.zh, a.en), _needs_reason(book, a)) for a in _attributes(book)],
        attribute_rules=_attribute_rules(book),
        book=book.version if book else "",
        accepted=",".join(known.ending for known in KNOWN),
        kinds=[(str(k), t(k.zh, k.en)) for k in ConsultationKind],
        kind_rules=_kind_rules(book),
        key=typed.fields.get("key") or str(uuid4()),
    )


def _book(who: Visitor, unit: str, today: Any) -> Rulebook | None:
    return load(who.register.jurisdiction(unit), today) if who.register.unit(unit) else None


def _attributes(book: Rulebook | None) -> list[Attribute]:
    """What the unit's rulebook knows, in the order of the vocabulary."""
    return [a for a in Attribute if book is None or a in book.attributes]


def _needs_reason(book: Rulebook | None, attribute: Attribute) -> str:
    needed = book is not None and book.attributes[attribute].reason_required
    return t("须写明理由", "needs a reason") if needed else ""


def _attribute_rules(book: Rulebook | None) -> list[dict[str, Any]]:
    rules = [(a, book.attributes[a]) for a in _attributes(book)] if book else []
    return [
        {"name": t(a.zh, a.en), "reason": _needs_reason(book, a), "clause": rule.clause} for a, rule in rules
    ]


def _kind_rules(book: Rulebook | None) -> list[Mapping[str, str]]:
    """Term and reading of silence of each kind, said before the letter goes out."""
    if book is None:
        return []
    rules = [(kind, book.consultation(kind)) for kind in ConsultationKind]
    return [
        {
            "kind": t(kind.zh, kind.en),
            "term": t(rule.term.zh, rule.term.en),
            "silence": t(rule.silence.zh, rule.silence.en),
            "clause": rule.clause,
        }
        for kind, rule in rules
    ]
