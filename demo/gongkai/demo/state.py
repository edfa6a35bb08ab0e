"""DATA/demo.json: which demo a data folder holds, so that it can be continued after a stop, and be checked later."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from gongkai.contracts.errors import UserError
from gongkai.demo.supplied_documents import SuppliedDocument

NAME = "demo.json"


@dataclass(frozen=True, slots=True)
class DemoState:
    """`papers`: document id and SHA-256 of each text that came from `documents` (the names are those of the file)."""

    seed: int
    scale: float
    documents: str | None = None
    papers: dict[str, str] = field(default_factory=dict)
    finished: bool = False

    def write(self, data: Path) -> None:
        half = data / f"{NAME}.new"
        half.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n")
        half.replace(data / NAME)


def read(data: Path) -> DemoState | None:
    """The demo of that folder; None for a folder that isn't there yet. UserError: it holds something else."""
    if (data / NAME).exists():
        return DemoState(**json.loads((data / NAME).read_text()))
    if data.exists() and any(data.iterdir()):
        raise UserError(
            f"{data} 中已有其他数据，演示需要新的目录 / holds other data: a demo needs a folder of its own (--data)"
        )
    return None


def choose(data: Path, seed: int | None, scale: float | None, documents: Path | None) -> DemoState:
    """The demo that was begun there, or the one asked for now. UserError when both are given and differ."""
    folder = None if documents is None else str(documents.resolve())
    known = read(data)
    if known is None:
        return DemoState(1 if seed is None else seed, 1.0 if scale is None else scale, folder)
    asked = (seed, known.seed), (scale, known.scale), (folder, known.documents)
    if any(now is not None and now != then for now, then in asked):
        raise UserError(
            "该目录中的演示用的是另外的参数，请另选目录 / another demo is played there, choose another folder (--data): "
            f"--seed {known.seed} --scale {known.scale:g}"
            + (f" --documents {known.documents}" if known.documents else "")
        )
    return known


def with_supplied_documents(state: DemoState, supplied: Sequence[SuppliedDocument]) -> DemoState:
    """UserError: the texts are not those that the demo was begun with."""
    given = {each.document: each.digest for each in supplied}
    if state.papers and state.papers != given:
        raise UserError(
            f"{state.documents} 中的文件已有变化，请另选目录 / its texts have changed since: "
            "choose another folder (--data)"
        )
    return replace(state, papers=given)
