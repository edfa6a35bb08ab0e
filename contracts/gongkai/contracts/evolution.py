"""What may change in the schema of an event that is out in the world, and what needs a new version of it.

Records are never rewritten: whatever was valid under a schema that was ever released must be valid for ever. So a
change may widen (an optional field, another coded word, a longer line) and never narrow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gongkai.contracts.errors import Sentence

Schema = dict[str, Any]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")  # may go down or away, never up
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_FIXED = ("pattern", "format", "multipleOf", "uniqueItems")  # may go away, never change


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Something that was valid and would not be any more; `field` is the path of what narrowed."""

    field: str
    says: Sentence


def narrowed(old: Schema, new: Schema) -> list[Narrowed]:
    """All reasons why a record that `old` allows might be refused, or lose a field, under `new`."""
    return list(_compare(_Side(old, old), _Side(new, new), ""))


@dataclass(frozen=True, slots=True)
class _Side:
    """A part of a schema with the whole that its references point into."""

    whole: Schema
    part: Schema

    def at(self, part: Any) -> "_Side":
        if not isinstance(part, dict):  # true: anything
            part = {}
        while "$ref" in part:
            *_, name = part["$ref"].split("/")
            part = self.whole["$defs"][name] | {k: v for k, v in part.items() if k != "$ref"}
        return _Side(self.whole, part)

    def alternatives(self) -> list["_Side"]:
        """Each of the forms that a value may have: `anyOf` and lists of types taken apart."""
        for key in ("anyOf", "oneOf"):
            if key in self.part:
                return [form for each in self.part[key] for form in self.at(each).alternatives()]
        types = self.part.get("type")
        if isinstance(types, list):
            return [self.at(self.part | {"type": each}) for each in types]
        return [self]


def _compare(old: _Side, new: _Side, field: str) -> Iterator[Narrowed]:
    before, after = old.at(old.part).alternatives(), new.at(new.part).alternatives()
    for form in before:
        if len(before) == len(after) == 1:
            yield from _form(form, after[0], field)
        elif not any(not list(_form(form, each, field)) for each in after):
            same = [each for each in after if each.part.get("type") == form.part.get("type")]
            if len(same) == 1:
                yield from _form(form, same[0], field)
            else:
                yield _narrower(field, f"不再接受 {_named(form)}", f"no longer takes {_named(form)}")


def _form(old: _Side, new: _Side, field: str) -> Iterator[Narrowed]:
    was, now = old.part.get("type"), new.part.get("type")
    if now is not None and was != now and (was, now) != ("integer", "number"):
        yield _narrower(field, f"类型由 {was or '任意'} 改为 {now}", f"type {was or 'any'} became {now}")
        return
    yield from _words(old.part, new.part, field)
    yield from _limits(old.part, new.part, field)
    if was == "object":
        yield from _fields(old, new, field)
    if was == "array":
        yield from _compare(old.at(old.part.get("items")), new.at(new.part.get("items")), f"{field}/*")


def _words(old: Schema, new: Schema, field: str) -> Iterator[Narrowed]:
    before, after = _allowed(old), _allowed(new)
    if after is None:
        return
    if before is None:
        yield _narrower(field, "改为只接受列举的值", "became an enumeration")
    for word in before or ():
        if word not in after:
            yield _narrower(field, f"删去了取值“{word}”", f"the value “{word}” was removed")


def _allowed(part: Schema) -> list[Any] | None:
    return [part["const"]] if "const" in part else part.get("enum")


def _limits(old: Schema, new: Schema, field: str) -> Iterator[Narrowed]:
    tighter = [key for key in _LOWER if key in new and (key not in old or new[key] > old[key])]
    tighter += [key for key in _UPPER if key in new and (key not in old or new[key] < old[key])]
    tighter += [key for key in _FIXED if key in new and new[key] != old.get(key)]
    for key in tighter:
        was, now = old.get(key, "—"), new[key]
        yield _narrower(field, f"{key} 由 {was} 改为 {now}，范围变窄", f"{key} narrowed: {was} → {now}")


def _fields(old: _Side, new: _Side, field: str) -> Iterator[Narrowed]:
    before, after = old.part.get("properties", {}), new.part.get("properties", {})
    for name in before:
        if name not in after:
            yield _narrower(f"{field}/{name}", "字段被删除或改名", "the field was removed or renamed")
            continue
        yield from _compare(old.at(before[name]), new.at(after[name]), f"{field}/{name}")
        if "default" in before[name] and before[name]["default"] != after[name].get("default"):
            yield _narrower(
                f"{field}/{name}",
                "缺省值改变了旧记录的含义",
                "another default: old records would mean another thing",
            )
    for name in new.part.get("required", ()):
        if name not in old.part.get("required", ()):
            what = (
                ("字段改为必填", "became required")
                if name in before
                else ("新增了必填字段", "is new and required")
            )
            yield _narrower(f"{field}/{name}", *what)
    extra_before, extra_after = (each.part.get("additionalProperties", True) for each in (old, new))
    if extra_before is not False and extra_after is False:
        yield _narrower(field, "不再接受其他字段", "no longer takes other fields")
    elif isinstance(extra_before, dict) and isinstance(extra_after, dict):
        yield from _compare(old.at(extra_before), new.at(extra_after), f"{field}/*")


def _named(form: _Side) -> str:
    return str(form.part.get("type") or form.part.get("const") or "…")


def _narrower(field: str, zh: str, en: str) -> Narrowed:
    return Narrowed(field or "/", Sentence(zh, en))
