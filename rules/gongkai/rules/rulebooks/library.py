"""All rulebooks of a folder, and the one that holds in a jurisdiction on a day."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Sentence
from gongkai.rules.requirements import requirements
from gongkai.rules.rule_file import RuleFile, RuleFileError, RuleFileFault, read
from gongkai.rules.rulebooks.measures import LeastRule
from gongkai.rules.rulebooks.overlay import RulebookFile, lay_over
from gongkai.rules.rulebooks.rulebook import Rulebook, complete
from gongkai.rules.rulebooks.values import ConsultationRule, TermRule

NATIONAL = "cn"
Counted = TermRule | ConsultationRule | LeastRule  # what a deadline can be counted by
FOLDER = Path(__file__).parent


@dataclass(slots=True)
class UnknownRulebook(LookupError):
    """No rulebook of that id, or none in force on that day."""

    says: Sentence

    def __str__(self) -> str:
        return f"{self.says.zh} / {self.says.en}"


@dataclass(frozen=True)
class Library:
    """The folder's files: `cn.yaml`, the national default, and an overlay per jurisdiction."""

    folder: Path

    @cached_property
    def files(self) -> dict[str, RuleFile[RulebookFile]]:
        """By id. RuleFileError with every fault when a file can't be read as a rulebook."""
        files: dict[str, RuleFile[RulebookFile]] = {}
        for path in sorted(self.folder.glob("*.yaml")):
            file = read(path, RulebookFile)
            _in_order(file)
            files[file.content.id] = file
        return files

    @clause("GT-since")
    def load(self, id_: str, on: date) -> Rulebook:
        """The rulebook in force there on that day.

        Before a jurisdiction's own rules begin, the national ones hold alone. OverlayLoosensLaw when an overlay gives
        more than the law allows; UnknownRulebook for an unknown id, or a day before any national version.
        """
        if id_ not in self.files:
            raise UnknownRulebook(Sentence(zh=f"没有规则书“{id_}”", en=f"there is no rulebook `{id_}`"))
        national, local = self.files[NATIONAL], self.files[id_]
        law = national.content.on(on)
        if law is None:
            raise UnknownRulebook(
                Sentence(zh=f"{on}没有生效的全国规则", en=f"no national rules are in force on {on}")
            )
        return self._made(id_, None if local is national else local.content.on(on), law)

    def named(self, version: str) -> Rulebook:
        """The rulebook that an event names (`wy@2023-11-13+cn@2019-05-15`). UnknownRulebook when it is none."""
        found, own = _NAMED.findall(version), dict[str, int]()
        for id_, day in found:
            versions = self.files[id_].content.versions if id_ in self.files else ()
            own.update((id_, index) for index, known in enumerate(versions) if str(known.from_) == day)
        if NATIONAL not in own or not len(own) == len(found) <= len((NATIONAL, "local")):
            raise UnknownRulebook(
                Sentence(zh=f"没有规则书“{version}”", en=f"there is no rulebook `{version}`")
            )
        id_ = next((id_ for id_ in own if id_ != NATIONAL), NATIONAL)
        return self._made(id_, own[id_] if id_ != NATIONAL else None, own[NATIONAL])

    def _made(self, id_: str, index: int | None, law: int) -> Rulebook:
        """A jurisdiction's version (None: it has none yet) over one of the national ones."""
        national, local = self.files[NATIONAL], self.files[id_]
        values, name = national.content.says(law), f"{NATIONAL}@{national.content.versions[law].from_}"
        if index is not None:
            values = lay_over(local, index, values)
            name = f"{id_}@{local.content.versions[index].from_}+{name}"
        return complete(id_, name, values)

    def term(self, rule: str, id_: str, on: date) -> tuple[str, Counted]:
        """The term that a clause (`GT-answer`) or a name (`answer`, `consultations.affects`) stands for.

        A clause finds the question that it answers in any version; the answer is the one in force there on
        that day, which may be another clause's. UnknownRulebook where there is no such term.
        """
        book = dict(self.load(id_, on).entries())
        files = (self.files[id_].content, self.files[NATIONAL].content)
        named = [
            ".".join(path)
            for file in files
            for version in reversed(file.versions)
            for path, value in version.entries()
            if rule == value.clause and isinstance(value, Counted)
        ]
        for name in (rule, *named):
            found = book.get(name)
            if isinstance(found, Counted):
                return name, found
        raise UnknownRulebook(
            Sentence(zh=f"规则书“{id_}”在{on}没有期限“{rule}”", en=f"`{id_}` has no term `{rule}` on {on}")
        )

    def check(self) -> list[RuleFileFault]:
        """Every fault of every rulebook on every day when something changes, unknown clauses included."""
        try:
            files = self.files
        except RuleFileError as error:
            return list(error.faults)
        law = [version.from_ for version in files[NATIONAL].content.versions]
        faults: list[RuleFileFault] = []
        for id_, file in files.items():
            faults += _unknown_clauses(file)
            own = [version.from_ for version in file.content.versions]
            for day in sorted({max(day, law[0]) for day in (*law, *own)}):
                try:
                    self.load(id_, day)
                except RuleFileError as error:
                    faults += [fault for fault in error.faults if fault not in faults]
                except ValueError as error:
                    faults.append(file.fault((), zh="规则不全", en=str(error)))
        return faults


def _in_order(file: RuleFile[RulebookFile]) -> None:
    if file.content.id != file.path.stem:
        raise RuleFileError((file.fault(("id",), zh="文件名与 id 不一致", en="the file is named otherwise"),))
    days = [version.from_ for version in file.content.versions]
    for index, (earlier, later) in enumerate(pairwise(days), start=1):
        if later <= earlier:
            fault = file.fault(
                ("versions", index, "from"), zh="版本须按生效日期排列", en="versions go from old to new"
            )
            raise RuleFileError((fault,))


def _unknown_clauses(file: RuleFile[RulebookFile]) -> list[RuleFileFault]:
    return [
        file.fault(
            ("versions", index, *path, "clause"),
            zh=f"{'.'.join(path)}：需求清单中没有 {value.clause}",
            en=f"{'.'.join(path)}: {value.clause} is not in the list of requirements",
        )
        for index, version in enumerate(file.content.versions)
        for path, value in version.entries()
        if value.clause not in requirements()
    ]


@lru_cache(maxsize=1024)
def named(version: str) -> Rulebook:
    """The shipped rulebook that an event names. See `Library.named`."""
    return shipped().named(version)


_NAMED = re.compile(r"([a-z]{2,8})@(\d{4}-\d{2}-\d{2})")


@cache
def shipped() -> Library:
    """The rulebooks that this version of the software ships."""
    return Library(FOLDER)


@lru_cache(maxsize=1024)
def load(id_: str, on: date) -> Rulebook:
    """`load("sc", on=...)`: the shipped rulebook of a jurisdiction on a day. See `Library.load`."""
    return shipped().load(id_, on)
