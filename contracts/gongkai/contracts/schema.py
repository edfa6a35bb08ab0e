"""The JSON Schema of every event and of the envelope, as committed in `schemas/`: what others build against.

A file there is a promise. A change that breaks it needs a new version of the event, with a lift from the old one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from gongkai.contracts import vocabulary
from gongkai.contracts.envelope import Record
from gongkai.contracts.errors import Sentence
from gongkai.contracts.events import LIFTS, REGISTRY
from gongkai.contracts.events._lifts import Lift
from gongkai.contracts.evolution import Schema, narrowed
from gongkai.contracts.field_meanings import field_meaning
from gongkai.contracts.vocabulary import CodedTerm

FOLDER = Path(__file__).parent / "schemas"
EXAMPLES = Path(__file__).parent / "examples"
ENVELOPE = "envelope"
WORDS: dict[str, type[CodedTerm]] = {
    name: words
    for name, words in vars(vocabulary).items()
    if isinstance(words, type) and issubclass(words, CodedTerm) and words is not CodedTerm
}


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that the code doesn't keep any more."""

    schema: str
    field: str
    says: Sentence

    def __str__(self) -> str:
        return f"{self.schema} {self.field}：{self.says.zh} / {self.says.en}"


def current() -> dict[str, Schema]:
    """By name (`DocumentDrafted.v1`, `envelope`), the schemas of the code as it is."""
    models: dict[str, type[BaseModel]] = {ENVELOPE: Record}
    models |= {f"{kind.name}.v{kind.version}": kind.model for kind in REGISTRY.values()}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        name: {**head, "$id": f"urn:gongkai:schema:{name}", **_with_descriptions(model.model_json_schema())}
        for name, model in sorted(models.items())
    }


def _with_descriptions(schema: Schema) -> Schema:
    """With the meaning of each field, and the names of each coded word."""
    for part in (schema, *schema.get("$defs", {}).values()):
        for field, about in part.get("properties", {}).items():
            says = field_meaning(part["title"], field)
            if says is not None:
                about.setdefault("description", f"{says.zh} · {says.en}")
        words = WORDS.get(part["title"])
        if words is not None and "enum" in part:
            part["x-terms"] = {
                word.value: {"zh": word.zh, "en": word.en, "clause": word.clause} for word in words
            }
    return schema


def committed(folder: Path = FOLDER) -> dict[str, Schema]:
    """What is published in a folder, by name: schemas, or the examples beside them."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}


def text_of(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def broken(
    promised: Mapping[str, Schema], now: Mapping[str, Schema], steps: Mapping[tuple[str, int], Lift] = LIFTS
) -> list[Broken]:
    """Every promise that isn't kept: a schema that narrowed, or an old version that nothing lifts."""
    newest = dict(name.rsplit(".v", 1) for name in now if name != ENVELOPE)
    found: list[Broken] = []
    for name, schema in promised.items():
        if name in now:
            found += [Broken(name, each.field, each.says) for each in narrowed(schema, now[name])]
            continue
        event, _, version = name.rpartition(".v")
        if event not in newest or int(version) > int(newest[event]):
            says = Sentence("该事件已从代码中删除", "the event is gone from the code")
            found.append(Broken(name, "/", says))
        elif missing := [v for v in range(int(version), int(newest[event])) if (event, v) not in steps]:
            says = Sentence(
                f"缺少从 v{missing[0]} 到 v{missing[0] + 1} 的提升函数（lifts）",
                f"nothing lifts v{missing[0]} to v{missing[0] + 1}",
            )
            found.append(Broken(name, "/", says))
    return found
