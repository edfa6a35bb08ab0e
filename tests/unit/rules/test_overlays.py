"""An overlay may tighten the law, never loosen it; and a damaged file says in which line."""

from datetime import date
from pathlib import Path
from shutil import copy

import pytest

from gongkai.contracts.vocabulary import ConsultationKind, Silence
from gongkai.rules.rule_file import RuleFileError
from gongkai.rules.rulebooks import Library, OverlayLoosensLaw, Term
from gongkai.rules.rulebooks.library import FOLDER

TODAY = date(2026, 3, 2)
HEAD = "id: xx\nzh: 样例县\nen: a sample county\nversions:\n- from: 2020-01-01\n  act: 样例\n"  # six lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy(FOLDER / "cn.yaml", tmp_path)
    return tmp_path


def with_overlay(folder: Path, values: str, head: str = HEAD) -> Library:
    (folder / "xx.yaml").write_text(head + values, encoding="utf-8")
    return Library(folder)


@pytest.mark.clause("GT-answer")
def test_a_county_can_not_give_itself_more_time_to_answer_and_is_told_both_clauses(folder: Path) -> None:
    library = with_overlay(folder, "  answer: {term: 30 wd, clause: WY-J.5}\n")
    with pytest.raises(OverlayLoosensLaw) as refused:
        library.load("xx", TODAY)
    (fault,) = refused.value.faults
    assert (fault.file, fault.line) == ("xx.yaml", 7)
    assert "WY-J.5（30个工作日）宽于上位法 GT-answer（20个工作日）" in fault.says.zh
    assert "WY-J.5 (30 working days) loosens the law, GT-answer (20 working days)" in fault.says.en


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ("  extension: {term: 90 d, clause: WY-J.5}\n", "GT-answer"),
        ("  publish: {term: 21 wd, clause: LS-11}\n", "GT-20wd"),
        ("  terms: {third-party: {term: 16 wd, clause: WY-J.6}}\n", "GT-third"),
        ("  terms: {reconsideration: {term: 60 wd, clause: HZ-B5}}\n", "GT-remedy"),
        ("  attributes: {withheld: {reason_required: false, clause: LS-10a}}\n", "GT-default"),
    ],
)
def test_no_value_may_be_looser_than_the_law(folder: Path, values: str, law: str) -> None:
    library = with_overlay(folder, values)
    with pytest.raises(OverlayLoosensLaw, match=law):
        library.load("xx", TODAY)
    assert [law in fault.says.en for fault in library.check()] == [True]


LAW = """\
  days:
    monthly: {day: '10', clause: SC-2.1}
  counts:
    meetings: {at_least: 4, of_zh: 次（每年）, of_en: meetings a year, clause: SC-2.1}
  grades:
    score: {bands: [{points: 90, zh: 好, en: good}, {points: 0, zh: 差, en: bad}], clause: SC-2.1}
  consultations:
    coordinate: {term: 5 wd, silence: never-consent, urgent: true, clause: SC-2.1}
  procedures:
    apart:
      zh: 另一程序
      en: a procedure apart
      clause: SC-2.1
      terms: {hear: {term: 5 wd, clause: SC-2.1}, tell: {term: 3 wd, clause: SC-2.1}}
      choices: {not-ours: {choice: pass-on, clause: SC-2.1}}
"""  # what the national rules could say one day


@pytest.fixture
def fuller(folder: Path) -> Path:
    """The national rules with values of every kind."""
    with (folder / "cn.yaml").open("a", encoding="utf-8") as file:
        file.write(LAW)
    return folder


@pytest.mark.parametrize(
    "values",
    [
        "days: {annual-report-department: {day: '28', clause: SC-2.1}}",
        "days: {monthly: {day: 01-10, clause: SC-2.1}}",
        "days: {monthly: {day: '11', clause: SC-2.1}}",
        "least: {hearing-papers: {least: 7 d, clause: WY-I.7}}",
        "least: {public-draft: {least: 30 d, before: true, clause: WY-I.7}}",
        "counts: {meetings: {at_least: 4, of_zh: 次（每十年）, of_en: meetings in ten years, clause: SC-2.1}}",
        "counts: {meetings: {at_least: 3, of_zh: 次（每年）, of_en: meetings a year, clause: SC-2.1}}",
        "grades: {score: {bands: [{points: 89, zh: 好, en: good}, {points: 0, zh: 差, en: bad}], clause: SC-2.1}}",
        "grades: {score: {bands: [{points: 90, zh: 优, en: best}, {points: 0, zh: 差, en: bad}], clause: SC-2.1}}",
        "grades: {score: {bands: [{points: 0, zh: 好, en: good}], clause: SC-2.1}}",
        "consultations: {coordinate: {term: 5 wd, silence: never-consent, clause: SC-2.1}}",
        "procedures: {apart: {zh: 另, en: apart, clause: SC-2.1, terms: {hear: {term: 6 wd, clause: SC-2.1}}}}",
    ],
)
def test_another_direction_period_or_unit_than_the_laws_is_looser(fuller: Path, values: str) -> None:
    library = with_overlay(fuller, f"  {values}\n")
    with pytest.raises(OverlayLoosensLaw) as refused:
        library.load("xx", TODAY)
    (fault,) = refused.value.faults
    assert fault.line == 7


@pytest.mark.parametrize(
    "values",
    [
        "days: {annual-report-department: {day: 01-30, clause: SC-2.1}, monthly: {day: '09', clause: SC-2.1}}",
        "least: {hearing-papers: {least: 8 d, before: true, clause: WY-I.7}}",
        "counts: {meetings: {at_least: 5, of_zh: 次（每年）, of_en: meetings a year, clause: SC-2.1}}",
        "grades: {score: {bands: [{points: 91, zh: 好, en: good}, {points: 0, zh: 差, en: bad}], clause: SC-2.1}}",
        "consultations: {coordinate: {term: 4 wd, silence: never-consent, urgent: true, clause: SC-2.1}}",
    ],
)
def test_of_the_same_kind_stricter_is_welcome(fuller: Path, values: str) -> None:
    with_overlay(fuller, f"  {values}\n").load("xx", TODAY)


def test_what_an_overlays_procedure_leaves_out_stays_as_in_the_law(fuller: Path) -> None:
    values = """\
  procedures:
    apart: {zh: 另, en: apart, clause: WY-J.1, terms: {hear: {term: 4 wd, clause: WY-J.5}}}
"""
    apart = with_overlay(fuller, values).load("xx", TODAY).procedures["apart"]
    assert {name: str(rule.term) for name, rule in apart.terms.items()} == {"hear": "4 wd", "tell": "3 wd"}
    assert apart.choices["not-ours"].shown()["en"]
    assert (apart.clause, apart.en) == ("WY-J.1", "apart")


def test_all_that_is_too_loose_is_told_at_once(folder: Path) -> None:
    library = with_overlay(
        folder, "  answer: {term: 30 wd, clause: WY-J.5}\n  publish: {term: 30 wd, clause: LS-11}\n"
    )
    with pytest.raises(OverlayLoosensLaw) as refused:
        library.load("xx", TODAY)
    assert [fault.line for fault in refused.value.faults] == [7, 8]


def test_what_the_law_allowed_then_may_be_too_loose_now(folder: Path) -> None:
    """A term of 18 working days is stricter than Order 711 and looser than Order 492."""
    library = with_overlay(
        folder,
        "  answer: {term: 18 wd, clause: HZ-B2}\n",
        head=HEAD.replace("2020-01-01", "2018-01-01"),
    )
    assert library.load("xx", TODAY).answer.term == Term(18, "wd")
    with pytest.raises(OverlayLoosensLaw, match="GT-since"):
        library.load("xx", date(2019, 5, 14))
    assert len(library.check()) == 1


def test_stricter_is_welcome_and_the_rest_stays_as_in_the_law(folder: Path) -> None:
    book = with_overlay(folder, "  answer: {term: 20 d, clause: HZ-B2}\n").load("xx", TODAY)
    assert (book.answer.term, book.answer.clause) == (Term(20, "d"), "HZ-B2")
    assert book.publish.clause == "GT-20wd"
    assert book.version == "xx@2020-01-01+cn@2025-08-01"


@pytest.mark.clause("SC-A1.4c")
def test_where_the_law_is_silent_a_reading_of_it_binds_no_county(folder: Path) -> None:
    book = with_overlay(
        folder, "  consultations: {coordinate: {term: 9 wd, silence: consent, clause: SC-A1.4c}}\n"
    ).load("xx", TODAY)
    assert book.consultation(ConsultationKind.COORDINATE).silence is Silence.CONSENT


def test_where_the_law_speaks_silence_can_not_be_made_consent(folder: Path) -> None:
    law = (folder / "cn.yaml").read_text(encoding="utf-8")
    spoken = "affects: {term: 5 wd, silence: never-consent, clause: GT-coordinate}\n    unused: "
    assert "affects: &coordinate" in law
    (folder / "cn.yaml").write_text(
        law.replace("    affects: *coordinate", f"    {spoken.partition(chr(10))[0]}"), encoding="utf-8"
    )
    library = with_overlay(
        folder, "  consultations: {affects: {term: 5 wd, silence: consent, clause: SC-A1.4c}}\n"
    )
    with pytest.raises(OverlayLoosensLaw, match="GT-coordinate"):
        library.load("xx", TODAY)


# -- damaged files


@pytest.mark.parametrize(
    ("values", "line", "says"),
    [
        ("  answer: {term: 20 days, clause: GT-answer}\n", 7, "a term is written like"),
        ("  answer: {term: 20 wd}\n", 7, "缺少此项"),
        ("  publish:\n    term: 20 wd\n    clause: clause 11\n", 9, "pattern"),
        ("  attributes:\n    secret: {reason_required: true, clause: CX-6}\n", 8, "attributes.secret"),
        ("  answers: {term: 20 wd, clause: GT-answer}\n", 7, "没有这一项"),
        ("  deductions: {application-late: {points: -1.5, clause: SC-4.1}}\n", 7, "reading"),
        ("  deductions: {application-late: {points: -1.005, clause: SC-4.1}}\n", 7, "two decimals"),
        ("  deductions: {application-late: {points: many, clause: SC-4.1}}\n", 7, "points are a number"),
        ("  days:\n    monthly-update: {day: '29', clause: SC-2.1}\n", 8, "not every month has that day"),
        ("  answer: {term: 20 wd\n", 8, "不是合格的 YAML"),
    ],
)
def test_a_damaged_file_says_in_which_line_and_what(folder: Path, values: str, line: int, says: str) -> None:
    library = with_overlay(folder, values)
    with pytest.raises(RuleFileError) as refused:
        library.load("xx", TODAY)
    assert any(fault.line == line and says in str(fault) for fault in refused.value.faults), str(
        refused.value
    )
    assert library.check() == list(refused.value.faults)


def test_a_value_by_a_clause_that_nobody_knows_is_found_by_the_check(folder: Path) -> None:
    library = with_overlay(folder, "  terms:\n    topic-raised: {term: 10 d, clause: SC-99}\n")
    (fault,) = library.check()
    assert (fault.line, "SC-99" in fault.says.zh) == (8, True)


def test_versions_out_of_order_and_a_file_named_otherwise_are_refused(folder: Path) -> None:
    again = "- from: 2019-01-01\n  act: 样例\n"
    with pytest.raises(RuleFileError, match=r"xx\.yaml:7.*from old to new"):
        with_overlay(folder, again).load("xx", TODAY)
    with pytest.raises(RuleFileError, match=r"xx\.yaml:1.*named otherwise"):
        with_overlay(folder, "", head=HEAD.replace("id: xx", "id: yy")).load("xx", TODAY)


def test_national_rules_that_leave_a_question_open_are_refused(folder: Path) -> None:
    (folder / "cn.yaml").write_text(
        HEAD.replace("id: xx", "id: cn") + "  answer: {term: 20 wd, clause: GT-answer}\n", encoding="utf-8"
    )
    library = Library(folder)
    with pytest.raises(ValueError, match=r"leaves open: consultations\.affects"):
        library.load("cn", TODAY)
    assert [fault.says.zh for fault in library.check()] == ["规则不全"]
