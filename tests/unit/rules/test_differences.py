"""Where the regulations differ: every row of differences.md is a value with its clause, and every reading has its reason."""

from datetime import date
from typing import Any

import pytest

from gongkai.contracts.vocabulary import ConsultationKind, Silence
from gongkai.rules.rulebooks import Term, load
from gongkai.rules.rulebooks.measures import Yearly

TODAY = date(2026, 3, 2)
EVERYWHERE = ("cn", "sc", "cx", "wy", "hz", "ls")


def value(jurisdiction: str, name: str, on: date = TODAY) -> Any:
    return dict(load(jurisdiction, on).entries())[name]


def answers(question: str) -> dict[str, tuple[str, str]]:
    """By jurisdiction: the answer, and the clause."""
    books = {j: load(j, TODAY).choices[question] for j in EVERYWHERE}
    return {j: (rule.choice, rule.clause) for j, rule in books.items()}


def paths(name: str) -> dict[str, tuple[tuple[tuple[str, ...], ...], str]]:
    return {j: (rule.steps, rule.clause) for j in EVERYWHERE for rule in [load(j, TODAY).paths[name]]}


# -- row by row


@pytest.mark.clause("GT-owner", "SC-A1.4a", "LS-5", "HZ-A2c")
def test_a_joint_document_is_published_by_the_lead_the_drafter_or_all_who_signed() -> None:
    law = ("lead", "GT-owner")
    assert answers("joint-publisher") == {
        "cn": law, "sc": ("drafter", "SC-A1.4a"), "cx": law, "wy": law, "hz": law,
        "ls": ("lead-and-signers", "LS-5"),
    }  # fmt: skip
    assert answers("joint-attribute")["hz"] == ("lead", "HZ-A2c")


@pytest.mark.clause("SC-3.3", "SC-A1.4c", "WY-A.7a", "HZ-A2b", "HZ-A2c", "LS-9")
def test_a_dispute_goes_to_whom_each_regulation_names() -> None:
    law = ((("common-superior",),), "GT-coordinate")
    wuyuan = ((("by-authority",), ("county-office",)), "WY-A.7a")
    lieshan = ((("common-superior", "disclosure-authority"),), "LS-9")
    affects, coordinate = paths("dispute-affects"), paths("dispute-coordinate")
    assert affects == {
        "cn": law, "sc": ((("common-superior",),), "SC-3.3"), "cx": law, "wy": wuyuan, "hz": law, "ls": lieshan,
    }  # fmt: skip
    assert coordinate["sc"] == ((("disclosure-authority",),), "SC-A1.4c")
    assert paths("dispute-attribute")["hz"] == ((("negotiation",), ("secrecy-authority",)), "HZ-A2b")
    assert paths("dispute-joint")["hz"] == ((("coordination-meeting",),), "HZ-A2c")


@pytest.mark.clause("SC-3.4", "CX-4", "WY-B.8", "HZ-A2b", "GT-review")
def test_what_secrecy_review_can_not_settle_goes_its_own_way_everywhere() -> None:
    both = ("competent-department", "secrecy-authority")
    assert paths("secrecy-unclear") == {
        "cn": ((both,), "GT-review"),
        "sc": ((both,), "SC-3.4"),
        "cx": ((("section-one",), ("secrecy-authority",)), "CX-4"),
        "wy": ((both, ("level-by-level",)), "WY-B.8"),
        "hz": ((("negotiation",), ("secrecy-authority",)), "HZ-A2b"),
        "ls": ((both,), "GT-review"),
    }
    assert value("wy", "terms.secrecy-review").term == Term(15, "wd")


@pytest.mark.clause("GT-third", "GT-joint", "GT-notours")
def test_silence_of_third_parties_and_wrong_addresses_are_the_laws_everywhere() -> None:
    assert set(answers("third-party-silent").values()) == {("body-decides", "GT-third")}
    assert set(answers("joint-information-silent").values()) == {("consent", "GT-joint")}
    assert set(answers("not-ours").values()) == {("name-and-contact", "GT-notours")}


@pytest.mark.clause("WY-A.7b", "HZ-A2d")
def test_a_refusal_is_reported_registered_or_kept_on_file() -> None:
    assert answers("refusal-recorded") == {
        **dict.fromkeys(("cn", "sc", "cx", "ls"), ("on-file", "GT-register")),
        "wy": ("reported", "WY-A.7b"),
        "hz": ("registered", "HZ-A2d"),
    }
    assert value("wy", "terms.withholding-report").term == Term(5, "wd")


@pytest.mark.clause("SC-2.1", "CX-9", "WY-A.9a", "HZ-A2d", "LS-11")
def test_what_is_published_when_and_how_much_of_it() -> None:
    assert answers("publication-rhythm")["sc"] == ("biweekly", "SC-2.1")
    assert value("sc", "days.monthly-update").day == Yearly(None, 15)
    assert answers("publication-order")["cx"] == ("after-issue", "CX-9")
    assert answers("publication-order")["hz"] == ("promptly", "HZ-A2a")
    assert answers("publication-text")["wy"] == ("full-text", "WY-A.9a")
    assert answers("publication-text")["hz"] == ("full-text", "HZ-A2d")
    assert value("ls", "terms.catalogue-entry").term == Term(20, "wd")


@pytest.mark.clause("CX-13", "CX-11", "WY-H.4", "HZ-A3b")
def test_interpretation_goes_together_or_in_sequence() -> None:
    assert answers("interpretation") == {
        **dict.fromkeys(("cn", "sc", "ls"), ("not-asked", "GT-proactive")),
        "cx": ("together", "CX-13"),
        "wy": ("together", "WY-H.4"),
        "hz": ("in-sequence", "HZ-A3b"),
    }
    assert value("cx", "terms.interpretation").term == Term(3, "wd")
    assert answers("solicitation")["cx"] == ("before-decision", "CX-11")


@pytest.mark.clause("GT-report", "SC-2.2", "WY-A.9b")
def test_the_annual_report_is_due_on_the_day_itself_at_the_latest() -> None:
    assert value("cn", "days.annual-report-department").day.of(2027) == date(2027, 1, 31)
    assert value("cn", "days.annual-report-government").day.of(2027) == date(2027, 3, 31)
    assert value("sc", "days.annual-report-unit").day.of(2027) == date(2027, 1, 10)
    assert value("wy", "days.annual-report-department").clause == "WY-A.9b"
    assert "含当日" in value("sc", "days.annual-report-unit").shown()["zh"]


@pytest.mark.clause("SC-4.1", "WY-G.8", "WY-A.10", "WY-G.9", "HZ-A4c", "GT-assess", "WY-D.6", "SC-A4.1")
def test_assessment_and_social_evaluation() -> None:
    law = ("periodic", "GT-assess")
    assert answers("assessment-time") == {
        "cn": law, "sc": ("checks-and-year-end", "SC-4.1"), "cx": law, "wy": ("year-end", "WY-G.8"),
        "hz": ("ad-hoc", "HZ-A4c"), "ls": law,
    }  # fmt: skip
    assert answers("social-evaluation") == {
        "cn": law, "sc": ("yearly-three-grades", "SC-A4.1"), "cx": law, "wy": ("yearly-three-grades", "WY-D.6"),
        "hz": ("third-party", "HZ-A4c"), "ls": law,
    }  # fmt: skip
    assert answers("grade-fixed-by")["wy"] == ("county-group", "WY-G.9")
    assert "市政务公开领导小组" in value("wy", "choices.grade-fixed-by").reading.zh


@pytest.mark.clause("WY-G.7")
@pytest.mark.parametrize(
    ("points", "grade"),
    [(10000, "优秀"), (9500, "优秀"), (9499, "良好"), (8500, "良好"), (8499, "合格"), (7500, "合格"),
     (7499, "不合格"), (0, "不合格")],
)  # fmt: skip
def test_wuyuan_has_four_grades_as_its_garbled_article_is_read(points: int, grade: str) -> None:
    rule = load("wy", TODAY).grades["assessment"]
    assert rule.grade(points).zh == grade
    assert rule.reading is not None
    with pytest.raises(ValueError, match="negative"):
        rule.grade(-1)


@pytest.mark.clause("WY-I.7", "WY-I.9", "WY-I.5", "WY-I.10", "GT-since")
def test_a_public_draft_is_open_thirty_days_since_order_713_and_ten_where_urgency_is_stated() -> None:
    with pytest.raises(KeyError):
        value("wy", "least.public-draft", date(2019, 8, 31))
    for on in (date(2019, 9, 1), TODAY):
        assert value("wy", "least.public-draft", on).least == Term(30, "d")
    assert value("wy", "least.public-draft-urgent").least == Term(10, "d")
    assert "第713号" in value("wy", "least.public-draft-urgent").reading.zh
    for name, least in (("hearing-notice", "10 d"), ("discussion-papers", "5 wd"), ("hearing-papers", "7 d")):
        rule = value("wy", f"least.{name}")
        assert (str(rule.least), rule.before) == (least, True)
    assert value("wy", "counts.hearing-representatives").at_least == 10


@pytest.mark.clause("WY-C.12", "WY-H.10a")
def test_emergencies_run_by_the_clock_and_start_when_the_unit_learnt_of_them() -> None:
    spans = {name: str(rule.span) for name, rule in load("wy", TODAY).spans.items()}
    assert spans == {
        "first-release": "120 min", "major-emergency-release": "5 h", "major-emergency-conference": "24 h",
        "other-response": "48 h",
    }  # fmt: skip
    assert load("sc", TODAY).spans == {}
    start = value("wy", "choices.local-start")
    assert (start.choice, start.reading is not None) == ("learnt", True)


@pytest.mark.clause("SC-3.2", "WY-B.7d", "GT-coordinate")
def test_important_information_needs_the_approvals_that_each_regulation_names() -> None:
    sc, wy = load("sc", TODAY).approvals, load("wy", TODAY).approvals
    assert set(sc["important"].approvals) == {"competent-department", "district-leader"}
    assert set(sc["important"].subjects) - set(wy["important"].subjects) == {"foreign-trade"}
    assert set(wy["important"].subjects) - set(sc["important"].subjects) == {"farm-products"}
    assert all(load(j, TODAY).approvals["required-by-law"].clause == "GT-coordinate" for j in EVERYWHERE)


@pytest.mark.clause("SC-A1.4c")
def test_in_shangcheng_an_urgent_letter_is_answered_at_once() -> None:
    rule = load("sc", TODAY).consultation(ConsultationKind.COORDINATE)
    assert rule.urgent
    assert "即时" in rule.shown()["zh"]


@pytest.mark.clause("GT-received", "GT-dates")
def test_each_channel_has_its_day_of_receipt_and_each_way_its_day_of_answer() -> None:
    books = [load(j, TODAY) for j in EVERYWHERE]
    starts = {name: book.choices[f"start-{name}"].choice for book in books for name in
              ("in-person", "signed-post", "ordinary-post", "online", "fax")}  # fmt: skip
    assert starts == {
        "in-person": "submission", "signed-post": "signed-for", "ordinary-post": "confirmed",
        "online": "confirmed", "fax": "confirmed",
    }  # fmt: skip
    ends = {name: value("cn", f"choices.answered-{name}") for name in ("by-post", "by-hand", "online")}
    assert [rule.choice for rule in ends.values()] == ["posted", "signed-for-by-hand", "sent"]
    assert all(rule.reading for rule in ends.values())


@pytest.mark.clause("GT-remedy", "GT-since")
def test_since_2024_a_refusal_goes_to_reconsideration_first() -> None:
    before, after = load("ls", date(2023, 12, 31)), load("ls", date(2024, 1, 1))
    assert before.choices["remedy-refusal"].choice == "either"
    assert (
        after.choices["remedy-refusal"].choice
        == after.choices["remedy-overdue"].choice
        == "reconsideration-first"
    )
    assert after.choices["remedy-other"].choice == "either"
    assert after.choices["remedy-overdue"].reading is not None
    assert (after.terms["reconsideration"].term, after.terms["suit"].term) == (Term(60, "d"), Term(6, "m"))
    assert after.terms["reconsideration-untold"].term == Term(12, "m")


@pytest.mark.clause("GT-count")
def test_days_of_reconsideration_are_working_days_where_its_law_says_so() -> None:
    named_so = {
        name: rule.term for name, rule in load("cn", TODAY).terms.items() if rule.clause == "GT-count"
    }
    assert set(named_so.values()) == {Term(n, "wd") for n in (3, 5, 7, 10)}


# -- procedures apart


@pytest.mark.clause("WY-J.1", "WY-J.5", "WY-J.6", "WY-J.4")
def test_applications_outside_the_catalogue_are_a_procedure_of_their_own_and_touch_no_other() -> None:
    book = load("wy", TODAY)
    apart = book.procedures["outside-catalogue"]
    assert (apart.terms["extension"].term, apart.terms["extension"].clause) == (Term(3, "m"), "WY-J.5")
    assert (apart.choices["third-party-silent"].choice, apart.choices["not-ours"].choice) == (
        "not-agreed",
        "pass-on",
    )
    assert (book.extension.term, book.extension.clause) == (Term(20, "wd"), "GT-answer")
    assert book.choices["third-party-silent"].choice == "body-decides"
    assert [j for j in EVERYWHERE if load(j, TODAY).procedures] == ["wy"]


# -- two seeds that contradict each other, both right


@pytest.mark.clause("SC-3.3", "SC-A1.4c", "LS-6")
def test_two_regulations_that_contradict_each_other_are_two_overlays_and_both_right() -> None:
    sc, ls = load("sc", TODAY), load("ls", TODAY)
    assert sc.consultation(ConsultationKind.COORDINATE).silence is Silence.CONSENT
    assert ls.consultation(ConsultationKind.COORDINATE).silence is Silence.NEVER_CONSENT
    assert sc.consultation(ConsultationKind.COORDINATE).clause == "SC-A1.4c"
    assert ls.consultation(ConsultationKind.COORDINATE).clause == "LS-6"
    assert (sc.choices["joint-publisher"].choice, ls.choices["joint-publisher"].choice) == (
        "drafter",
        "lead-and-signers",
    )
    assert load("sc", TODAY).consultation(ConsultationKind.COORDINATE).silence is Silence.CONSENT
