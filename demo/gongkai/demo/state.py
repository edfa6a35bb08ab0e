"""DATA/demo.json: what is played in a data folder, so that it can go on after an end, and be checked later."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from gongkai.contracts.errors import UserError
from gongkai.demo.supplied_documents import Paper

NAME = "demo.json"


@dataclass(frozen=True, slots=True)
class Played:
    """`papers`: document id and SHA-256 of each text that came from `documents`."""

    seed: int
    scale: float
    documents: str | None = None
    papers: dict[str, str] = field(default_factory=dict)
    finished: bool = False

    def write(self, data: Path) -> None:
        half = data / f"{NAME}.new"
        half.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n")
        half.replace(data / NAME)


def read(data: Path) -> Played | None:
    """What is played in that folder; None for a folder that isn't there yet. UserError: it holds something else."""
    if (data / NAME).exists():
        return Played(**json.loads((data / NAME).read_text()))
    if data.exists() and any(data.iterdir()):
        raise UserError(
            f"{data} 中已有其他数据，演示需要新的目录 / holds other data: a demo needs a folder of its own (--data)"
        )
    return None


def settle(data: Path, seed: int | None, scale: float | None, documents: Path | None) -> Played:
    """What is to be played there: what was begun, or what is asked for now. UserError when these are two things."""
    folder = None if documents is None else str(documents.resolve())
    known = read(data)
    if known is None:
        return Played(1 if seed is None else seed, 1.0 if scale is None else scale, folder)
    asked = (seed, known.seed), (scale, known.scale), (folder, known.documents)
    if any(now is not None and now != then for now, then in asked):
        raise UserError(
            "该目录中的演示用的是另外的参数，请另选目录 / another demo is played there, choose another folder (--data): "
            f"--seed {known.seed} --scale {known.scale:g}"
            + (f" --documents {known.documents}" if known.documents else "")
        )
    return known


def with_papers(played: Played, papers: Sequence[Paper]) -> Played:
    """UserError: the texts are not those that the play was begun with."""
    given = {paper.document: paper.digest for paper in papers}
    if played.papers and played.papers != given:
        raise UserError(
            f"{played.documents} 中的文件已有变化，请另选目录 / its texts have changed since: "
            "choose another folder (--data)"
        )
    return replace(played, papers=given)
