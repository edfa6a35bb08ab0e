"""The published documents, committed beside the contracts, and whether a change breaks those who use them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.contracts import schema as events
from gongkai.contracts.errors import Sentence
from gongkai.contracts.evolution import Schema, narrowed
from gongkai.contracts.schema import FOLDER, Broken, committed, text_of
from gongkai.operate.interfaces import asyncapi, openapi, rights

ROOT = FOLDER.parent
ASYNCAPI = Path("asyncapi.json")
RIGHTS = Path("rights.json")


def documents() -> dict[Path, Schema]:
    """Every document by the code as it is, by its file below `contracts/`."""
    apis = {Path("openapi") / f"{name}.json": document for name, document in openapi.documents().items()}
    return {ASYNCAPI: asyncapi.document(), RIGHTS: rights.document()} | apis


@dataclass(frozen=True, slots=True)
class Comparison:
    """`documents`: all as the code has them; `changed`: those that differ from the folder's; `broken`: why not to ship."""

    documents: dict[Path, Schema]
    changed: list[Path]
    broken: list[Broken]

    def write(self, folder: Path) -> None:
        for file in self.changed:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text_of(self.documents[file]), encoding="utf-8")


def compare(folder: Path) -> Comparison:
    """The documents by the code as it is, against those committed in the folder."""
    schemas = events.current()
    found = events.broken(committed(folder / "schemas"), schemas)
    apis = documents()
    for file, document in apis.items():
        if (folder / file).exists():
            found += broken(file, json.loads((folder / file).read_text("utf-8")), document)
    now = {Path("schemas") / f"{name}.json": each for name, each in schemas.items()} | apis
    return Comparison(
        now, [file for file, each in now.items() if _text(folder / file) != text_of(each)], found
    )


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def broken(file: Path, old: Schema, new: Schema) -> list[Broken]:
    """What a caller of the promised API could do, and can't any more."""
    if "openapi" not in old:
        return []  # the topics' events have schemas of their own, which are checked one by one
    return [Broken(str(file), field, says) for field, says in _operations(old, new)]


def _operations(old: Schema, new: Schema) -> Iterator[tuple[str, Sentence]]:
    for path, methods in old["paths"].items():
        for method, was in methods.items():
            where = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                yield where, Sentence("该操作已被删除", "the operation is gone")
                continue
            yield from ((f"{where} {field}", says) for field, says in _asks(old, was, new, now))
            for status in was["responses"]:
                if status < "300" and status not in now["responses"]:
                    yield where, Sentence(f"不再以 {status} 答复", f"no longer answers {status}")


def _asks(old: Schema, was: Schema, new: Schema, now: Schema) -> Iterator[tuple[str, Sentence]]:
    before = {(each["in"], each["name"]): each for each in was.get("parameters", ())}
    after = {(each["in"], each["name"]): each for each in now.get("parameters", ())}
    for key, each in after.items():
        if each.get("required") and not before.get(key, {}).get("required"):
            yield "/".join(key), Sentence("新增了必填参数", "a parameter is new and required")
    for key in before.keys() & after.keys():
        yield from _narrower(old, before[key]["schema"], new, after[key]["schema"], "/".join(key))
    if "security" in now and "security" not in was:
        yield "security", Sentence("改为需要令牌", "needs a token now")
    asked, asks = (each.get("requestBody", {}).get("content", {}) for each in (was, now))
    for media_type, content in asked.items():
        if media_type not in asks:
            yield "body", Sentence(f"不再接受 {media_type}", f"no longer takes {media_type}")
        else:
            yield from _narrower(
                old, content.get("schema", {}), new, asks[media_type].get("schema", {}), "body"
            )
    if asks and not asked and now["requestBody"].get("required"):
        yield "body", Sentence("改为必须有请求体", "needs a body now")


def _narrower(
    old: Schema, was: Schema, new: Schema, now: Schema, where: str
) -> Iterator[tuple[str, Sentence]]:
    """By the rules of the events: what was taken once is taken for ever."""
    for each in narrowed(_whole(old, was), _whole(new, now)):
        yield f"{where}{each.field}", each.says


def _whole(document: Mapping[str, Any], part: Schema) -> Schema:
    return part | {"$defs": document.get("components", {}).get("schemas", {})}
