"""规则书: which value holds where and when, and by which clause."""

from datetime import date
from itertools import pairwise

import pytest

from gongkai.contracts.vocabulary import Attribute, ConsultationKind, Indicator, Silence
from gongkai.rules.requirements import requirements
from gongkai.rules.rulebooks import Term, UnknownRulebook, load, shipped

TODAY = date(2026, 3, 2)
EVERYWHERE = ("cn", "sc", "cx", "wy", "hz", "ls")
A = Attribute


def reasons(jurisdiction: str) -> dict[Attribute, bool]:
    return {
        attribute: rule.reason_required for attribute, rule in load(jurisdiction, TODAY).attributes.items()
    }


# -- consultation


@pytest.mark.clause("SC-3.3")
def test_in_shangcheng_a_unit_whose_work_is_touched_has_two_working_days_and_its_silence_is_never_consent() -> (
    None
):
    rule = load("sc", TODAY).consultation(ConsultationKind.AFFECTS)
    assert (rule.term, rule.silence, rule.clause) == (Term(2, "wd"), Silence.NEVER_CONSENT, "SC-3.3")
    assert rule.reading is None


@pytest.mark.clause("SC-A1.4c")
def test_in_shangcheng_coordination_takes_five_working_days_and_silence_is_consent() -> None:
    rule = load("sc", TODAY).consultation(ConsultationKind.COORDINATE)
    assert (rule.term, rule.silence, rule.clause) == (Term(5, "wd"), Silence.CONSENT, "SC-A1.4c")
    assert rule.reading is None


@pytest.mark.parametrize("kind", list(ConsultationKind))
@pytest.mark.parametrize("jurisdiction", ["cn", "cx", "wy", "hz", "ls"])
def test_elsewhere_no_silence_is_consent_and_the_term_is_a_reading_with_its_reason(
    jurisdiction: str, kind: ConsultationKind
) -> None:
    rule = load(jurisdiction, TODAY).consultation(kind)
    assert (rule.term, rule.silence) == (Term(5, "wd"), Silence.NEVER_CONSENT)
    assert rule.reading is not None
    assert rule.reading.zh
    assert rule.reading.en


# -- attributes


@pytest.mark.clause("CX-6")
def test_chuxiong_knows_five_attributes_and_asks_a_reason_for_all_but_proactive() -> None:
    assert reasons("cx") == {
        A.PROACTIVE: False,
        A.AFTER_DECLASSIFICATION: True,
        A.ON_APPLICATION: True,
        A.AFTER_REDACTION: True,
        A.WITHHELD: True,
    }
    assert {rule.clause for rule in load("cx", TODAY).attributes.values()} == {"CX-6"}


@pytest.mark.parametrize(
    ("jurisdiction", "known"),
    [
        ("cn", {A.PROACTIVE: False, A.ON_APPLICATION: False, A.WITHHELD: True}),
        ("sc", {A.PROACTIVE: False, A.ON_APPLICATION: False, A.WITHHELD: True}),
        ("hz", {A.PROACTIVE: False, A.ON_APPLICATION: False, A.WITHHELD: True}),
        ("ls", {A.PROACTIVE: False, A.PARTIAL: False, A.ON_APPLICATION: True, A.WITHHELD: True}),
        (
            "wy",
            {A.PROACTIVE: False, A.AFTER_DECLASSIFICATION: False, A.ON_APPLICATION: True, A.WITHHELD: True},
        ),
    ],
)
def test_every_jurisdiction_knows_its_own_attributes(jurisdiction: str, known: dict[Attribute, bool]) -> None:
    assert reasons(jurisdiction) == known


# -- terms by the law of the day


@pytest.mark.clause("GT-since", "HZ-B2")
@pytest.mark.parametrize(
    ("received", "term", "clause", "version"),
    [
        (date(2019, 5, 14), Term(15, "wd"), "GT-since", "hz@2018-11-13+cn@2008-05-01"),
        (date(2019, 5, 15), Term(20, "wd"), "GT-answer", "hz@2018-11-13+cn@2019-05-15"),
    ],
)
def test_an_application_has_the_term_of_the_law_in_force_when_it_was_received(
    received: date, term: Term, clause: str, version: str
) -> None:
    book = load("hz", received)
    assert (book.answer.term, book.answer.clause, book.version) == (term, clause, version)
    assert book.extension.term == term


@pytest.mark.clause("GT-answer")
@pytest.mark.parametrize("jurisdiction", EVERYWHERE)
def test_everywhere_an_application_has_twenty_working_days_and_may_be_extended_by_twenty(
    jurisdiction: str,
) -> None:
    book = load(jurisdiction, TODAY)
    assert (book.answer.term, book.extension.term) == (Term(20, "wd"), Term(20, "wd"))


@pytest.mark.clause("GT-20wd")
@pytest.mark.parametrize(
    ("jurisdiction", "clause"), [("cn", "GT-20wd"), ("sc", "GT-20wd"), ("wy", "WY-A.9a"), ("ls", "LS-11")]
)
def test_everywhere_what_is_to_be_public_has_twenty_working_days(jurisdiction: str, clause: str) -> None:
    rule = load(jurisdiction, TODAY).publish
    assert (rule.term, rule.clause) == (Term(20, "wd"), clause)


# -- points


@pytest.mark.parametrize(
    ("jurisdiction", "clause"), [("cn", "GT-assess"), ("sc", "SC-4.1"), ("wy", "WY-G.6"), ("ls", "GT-assess")]
)
def test_lateness_and_silence_cost_points_with_a_reason_and_a_clause(jurisdiction: str, clause: str) -> None:
    book = load(jurisdiction, TODAY)
    late, silent = book.points(Indicator.APPLICATION_LATE), book.points(Indicator.CONSULTATION_SILENT)
    assert (late.points, silent.points) == (-600, -300)
    assert {late.clause, silent.clause} == {clause}
    assert "鲤城区" in late.reason_zh
    assert "Licheng" in silent.reason_en


# -- versions


def test_before_its_own_rules_begin_a_jurisdiction_is_under_the_national_ones() -> None:
    assert load("sc", date(2020, 6, 29)).version == "cn@2019-09-01"
    assert load("sc", date(2020, 6, 30)).version == "sc@2020-06-30+cn@2019-09-01"


def test_an_unknown_jurisdiction_and_a_day_before_all_law_are_refused_in_both_languages() -> None:
    with pytest.raises(UnknownRulebook, match="没有规则书“xx” / there is no rulebook `xx`"):
        load("xx", TODAY)
    with pytest.raises(UnknownRulebook, match="no national rules are in force on 2008-04-30"):
        load("cn", date(2008, 4, 30))


def test_a_rulebook_can_not_be_changed() -> None:
    with pytest.raises(TypeError):
        load("cn", TODAY).attributes[A.PARTIAL] = load("ls", TODAY).attributes[A.PARTIAL]  # type: ignore[index]  # the very thing that must fail


# -- the shipped files as a whole


def test_every_shipped_rulebook_is_sound() -> None:
    assert shipped().check() == []
    assert tuple(sorted(shipped().files)) == tuple(sorted(EVERYWHERE))


@pytest.mark.parametrize("jurisdiction", EVERYWHERE)
def test_every_value_names_a_clause_of_its_own_regulation_or_of_the_law(jurisdiction: str) -> None:
    for name, value in load(jurisdiction, TODAY).entries():
        assert value.clause in requirements(), name
        own = value.clause.partition("-")[0].lower() in {jurisdiction, "gt"}
        assert own or value.article, (
            f"{name}: another regulation's clause, and not a word of where it is written"
        )


@pytest.mark.parametrize("jurisdiction", EVERYWHERE)
def test_versions_go_from_old_to_new(jurisdiction: str) -> None:
    days = [version.from_ for version in shipped().files[jurisdiction].content.versions]
    assert all(earlier < later for earlier, later in pairwise(days))


# -- finding a term


@pytest.mark.parametrize(
    ("rule", "jurisdiction", "on", "name", "clause"),
    [
        ("GT-answer", "cn", TODAY, "answer", "GT-answer"),
        ("GT-answer", "cn", date(2019, 5, 10), "answer", "GT-since"),
        ("extension", "cn", TODAY, "extension", "GT-answer"),
        ("SC-3.3", "sc", TODAY, "consultations.affects", "SC-3.3"),
        ("GT-20wd", "wy", TODAY, "publish", "WY-A.9a"),
        ("GT-third", "ls", TODAY, "terms.third-party", "GT-third"),
    ],
)
def test_a_clause_or_a_name_finds_the_term_that_holds_there_on_that_day(
    rule: str, jurisdiction: str, on: date, name: str, clause: str
) -> None:
    found, value = shipped().term(rule, jurisdiction, on)
    assert (found, value.clause) == (name, clause)


@pytest.mark.parametrize("rule", ["SC-3.3", "WY-B.10", "attributes.withheld", "nothing"])
def test_what_is_no_term_of_the_place_is_refused(rule: str) -> None:
    with pytest.raises(UnknownRulebook, match="has no term"):
        shipped().term(rule, "cx", date(2026, 3, 2))
