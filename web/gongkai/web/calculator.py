"""The calculator on the calendar page: the due day for a rule, a start day and pauses (GT-count)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Sentence
from gongkai.rules.calendar import Calendar, NoNotice
from gongkai.rules.deadlines import Deadline, Pause, deadline, latest_before
from gongkai.rules.rulebooks import LeastRule, OverlayLoosensLaw, UnknownRulebook, shipped
from gongkai.rules.rulebooks.library import Counted
from gongkai.rules.rulebooks.titles import title
from gongkai.web.clock_view import ClockView, view_of_deadline
from gongkai.web.dates import date_words
from gongkai.web.language import t
from gongkai.web.problems import Problem

PAUSES = 3  # rows of the form
LONGEST_PAUSE = 366  # days; a longer one is a typing error


@dataclass(frozen=True, slots=True)
class Calculation:
    """The form as filled in, the result (`clock`), and the problems of the form."""

    where: str
    rule: str
    day: str
    pauses: tuple[tuple[str, str], ...]
    places: Sequence[tuple[str, str]]
    rules: Sequence[tuple[str, str]]
    clock: ClockView | None = None
    problems: list[Problem] = field(default_factory=list)


@clause("GT-count")
def calculate(calendar: Calendar, asked: Mapping[str, Any], today: date) -> Calculation:
    """From the query `where`, `rule`, `day`, `from0`, `to0` and so on. Without a day nothing is calculated."""
    library = shipped()
    where = str(asked.get("where", "cn"))
    where = where if where in library.files else "cn"
    text = str(asked.get("day", "")).strip()
    pauses = tuple((str(asked.get(f"from{n}", "")), str(asked.get(f"to{n}", ""))) for n in range(PAUSES))
    problems: list[Problem] = []
    day = _day(text, "/day", problems) if text else None
    counted_rules = {name: v for name, v in library.load(where, today).entries() if isinstance(v, Counted)}
    rule = str(asked.get("rule", "answer"))
    rule = rule if rule in counted_rules else "answer"
    made = Calculation(
        where=where,
        rule=rule,
        day=text,
        pauses=pauses,
        places=[(id_, t(file.content.zh, file.content.en)) for id_, file in library.files.items()],
        rules=[(name, _words(name, value)) for name, value in counted_rules.items()],
        problems=problems,
    )
    held = _pauses(pauses, problems)
    if day is None or problems:
        return made
    try:
        name, found = library.term(rule, where, day)
        line = _line(calendar, found, day, held)
    except (UnknownRulebook, OverlayLoosensLaw, NoNotice) as error:
        says = getattr(error, "says", Sentence("不能计算。", "It can't be counted."))
        problems.append(Problem("calendar.not-counted", says.zh, says.en, field="/day"))
        return made
    says = _says(name, found, day, line)
    return replace(made, clock=view_of_deadline(line, clause=found.clause, today=today, says=says))


def _words(name: str, value: Counted) -> str:
    zh, en = title(name)
    shown = value.shown()
    return t(f"{zh}：{shown['zh']}", f"{en}: {shown['en']}")


def _line(calendar: Calendar, found: Counted, day: date, held: Sequence[Pause]) -> Deadline:
    if isinstance(found, LeastRule) and found.before:
        return latest_before(calendar, event=day, term=found.term)
    return deadline(calendar, start=day, term=found.term, pauses=held)


def _says(name: str, found: Counted, day: date, line: Deadline) -> str:
    zh, en = title(name)
    from_zh, from_en = date_words(day), date_words(day)
    if isinstance(found, LeastRule) and found.before:
        asks = t(
            f"{zh}：{from_zh}之前{found.term.zh}，自前一日倒数，不顺延。",
            f"{en}: {found.term.en} before {from_en}, counted back from the day before, never extended. ",
        )
        return asks + t(f"最迟{date_words(line.due)}。", f"At the latest on {date_words(line.due)}.")
    asks = t(
        f"{zh}：{from_zh}起，自次日起算{found.term.zh}，",
        f"{en}: {found.term.en} from the day after {from_en}. ",
    )
    if line.due is None:
        return asks + t(f"{line.says.zh}。", f"{line.says.en[:1].upper()}{line.says.en[1:]}.")
    return asks + t(f"{date_words(line.due)}届满（含当日）。", f"It ends with {date_words(line.due)}.")


def _day(text: str, where: str, problems: list[Problem]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(
            Problem(
                "calendar.no-date",
                "日期应写作 2026-03-02。",
                "A date is written like 2026-03-02.",
                field=where,
            )
        )
        return None


def _pauses(rows: Sequence[tuple[str, str]], problems: list[Problem]) -> list[Pause]:
    found = []
    for n, (first_text, last_text) in enumerate(rows):
        if not first_text and not last_text:
            continue
        first = _day(first_text or last_text, f"/from{n}", problems)
        last = _day(last_text or first_text, f"/to{n}", problems)
        if first is None or last is None:
            continue
        if not 0 <= (last - first).days <= LONGEST_PAUSE:
            problems.append(
                Problem(
                    "calendar.pause", "暂停的止日应在起日之后一年以内。",
                    "A pause ends after it begins, and within a year.", field=f"/to{n}",
                )
            )  # fmt: skip
            continue
        found.append(Pause(first, last))
    return found
