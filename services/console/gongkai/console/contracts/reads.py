"""契约, as people read it: each event with its fields, words and example, out of the files that programs read."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from gongkai.console.events.reads import names
from gongkai.contracts.errors import Sentence
from gongkai.contracts.events import title_of
from gongkai.contracts.schema import ENVELOPE, EXAMPLES, FOLDER, committed
from gongkai.rules.requirements import requirements

ROOT = FOLDER.parent
_CLAUSE = re.compile(r"\b[A-Z]{2}-[A-Za-z0-9][A-Za-z0-9.]*\b")

Part = Mapping[str, Any]

# Words for JSON Schema's types and formats.
_KINDS: Mapping[str, Sentence] = {
    "string": Sentence("文字", "text"),
    "integer": Sentence("整数", "whole number"),
    "number": Sentence("数", "number"),
    "boolean": Sentence("是或否", "true or false"),
    "object": Sentence("对象", "object"),
    "date": Sentence("日期", "date"),
    "date-time": Sentence("时刻（RFC 3339）", "moment (RFC 3339)"),
    "uuid": Sentence("UUID", "UUID"),
}
_PATTERNS: Mapping[str, Sentence] = {
    "^[a-z0-9][a-z0-9-]{0,79}$": Sentence("标识（小写字母、数字、连字符）", "id (a–z, 0–9, hyphen)"),
    "^[0-9a-f]{64}$": Sentence("SHA-256（十六进制）", "SHA-256, hex"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the table. `part`: the anchor of the definition that it refers to, on the same page."""

    name: str
    kind: Sentence
    required: bool
    means: Sentence
    part: str | None


@dataclass(frozen=True, slots=True)
class ComposedType:
    """A definition that fields refer to: fields again, or coded words. `says`: the meaning of a field of that type."""

    name: str
    says: Sentence
    fields: tuple[Field, ...]
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of one event."""

    name: str  # DocumentDrafted.v1
    event: str
    version: int
    log: str
    says: Sentence
    description: str
    clauses: tuple[str, ...]
    fields: tuple[Field, ...]
    parts: tuple[ComposedType, ...]
    example: str


@cache
def contracts() -> Mapping[str, Contract]:
    """Every version of every event, by name."""
    examples = committed(EXAMPLES)
    return {
        name: _contract(name, schema, examples[name])
        for name, schema in committed(FOLDER).items()
        if name != ENVELOPE
    }


@cache
def envelope() -> tuple[Field, ...]:
    """The attributes of CloudEvents around each event."""
    return tuple(_fields(committed(FOLDER)[ENVELOPE]))


def versions(event: str) -> list[Contract]:
    """Of one event, the newest first."""
    return sorted((each for each in contracts().values() if each.event == event), key=lambda it: -it.version)


def by_log() -> Mapping[str, list[Contract]]:
    """The newest version of each event, under the log that it is written to."""
    found: dict[str, list[Contract]] = {}
    for event in dict.fromkeys(each.event for each in contracts().values()):
        newest = versions(event)[0]
        found.setdefault(newest.log, []).append(newest)
    order = list(names())
    return {log: sorted(each, key=lambda it: order.index(it.event)) for log, each in found.items()}


def _contract(name: str, schema: Part, example: Part) -> Contract:
    event, _, version = name.rpartition(".v")
    description, parts = schema.get("description", ""), schema.get("$defs", {})
    fields = {part: tuple(_fields(subschema)) for part, subschema in {event: schema, **parts}.items()}
    means = {each.part: each.means for part in fields.values() for each in part if each.part}
    return Contract(
        name=name,
        event=event,
        version=int(version),
        log=example["source"].rpartition("/")[2],
        says=title_of(event),
        description=description,
        clauses=tuple(id_ for id_ in _CLAUSE.findall(description) if id_ in requirements()),
        fields=fields[event],
        parts=tuple(
            ComposedType(part, means[part], fields[part], subschema.get("x-terms", {}))
            for part, subschema in parts.items()
        ),
        example=json.dumps(example, ensure_ascii=False, indent=2),
    )


def _fields(schema: Part) -> Iterator[Field]:
    for name, about in schema.get("properties", {}).items():
        zh, _, en = about.get("description", "").partition(" · ")
        kind, part = _kind(about)
        required = name in schema.get("required", ()) or "const" in about
        yield Field(name, kind, required, Sentence(zh, en or zh), part)


def _kind(about: Part) -> tuple[Sentence, str | None]:
    """The words for the type of value, and the definition that it refers to."""
    if "$ref" in about:
        name = about["$ref"].rpartition("/")[2]
        return Sentence(name, name), name
    if "anyOf" in about:
        [form, *_] = [each for each in about["anyOf"] if each.get("type") != "null"]
        inner, part = _kind(form)
        return Sentence(f"{inner.zh}，可空", f"{inner.en}, or null"), part
    if about.get("type") == "array":
        inner, part = _kind(about["items"])
        return Sentence(f"列表：{inner.zh}", f"list of: {inner.en}"), part
    return _plain(about), None


def _plain(about: Part) -> Sentence:
    if "const" in about:
        return Sentence(f"固定为 {about['const']}", f"always {about['const']}")
    for key, known in (("pattern", _PATTERNS), ("format", _KINDS)):
        if about.get(key) in known:
            return known[about[key]]
    kind = _KINDS.get(about.get("type", ""), Sentence("任意", "anything"))
    if "maxLength" in about:
        most = about["maxLength"]
        return Sentence(f"{kind.zh}，至多 {most} 字", f"{kind.en}, up to {most} characters")
    return kind
