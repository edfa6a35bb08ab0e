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
def test_emergencies_run_by_the_clock_from_the_event_or_from_when_the_unit_learnt_of_it() -> None:
    spans = load("wy", TODAY).spans
    assert {
        name: (str(rule.span), rule.starts, rule.reading is not None) for name, rule in spans.items()
    } == {
        "first-release": ("120 min", "event", False),  # 事发后: the text itself
        "major-emergency-release": ("5 h", "learnt", True),
        "major-emergency-conference": ("24 h", "learnt", True),
        "other-response": ("48 h", "learnt", True),
        "leak-report": ("24 h", "learnt", False),  # national, since 2024-09-01
    }
    assert all("记录" in rule.shown()["zh"] for rule in spans.values())
    assert load("sc", date(2024, 8, 31)).spans == {}
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


@pytest.mark.clause("GT-remedy", "GT-since")
def test_since_june_2025_the_line_is_drawn_by_articles_14_to_16() -> None:
    before, after = load("cn", date(2025, 5, 31)), load("cn", date(2025, 6, 1))
    for name, choice in (
        ("refusal", "reconsideration-first"),
        ("overdue", "reconsideration-first"),
        ("other", "either"),
        ("query", "either"),
    ):
        assert before.choices[f"remedy-{name}"].choice == after.choices[f"remedy-{name}"].choice == choice
    assert before.choices["remedy-other"].reading is not None  # the text was open till then
    assert after.choices["remedy-other"].reading is None
    for name in ("refusal", "other", "query"):
        assert "法释〔2025〕8号第一条" in str(after.choices[f"remedy-{name}"].article)
    assert after.choices["remedy-overdue"].reading is not None
    assert after.version == "cn@2025-06-01"


@pytest.mark.clause("GT-secrecy-2024", "GT-review")
def test_since_september_2024_what_goes_out_is_reviewed_item_by_item_and_an_unlisted_matter_reported() -> (
    None
):
    before, after = load("cn", date(2024, 8, 31)), load("cn", date(2024, 9, 1))
    assert before.choices["secrecy-review"].choice == "by-law"
    assert after.choices["secrecy-review"].choice == "item-by-item"
    assert {str(after.terms[name].term) for name in ("secrecy-unlisted", "secrecy-unlisted-decided")} == {
        "10 wd"
    }
    assert after.paths["secrecy-unlisted"].steps == (("provincial-secrecy", "national-secrecy"),)
    assert "secrecy-unlisted" not in before.terms
    assert (
        after.paths["secrecy-unclear"].clause == "GT-review"
    )  # whether it may be disclosed is another question


@pytest.mark.clause("GT-owner")
def test_sharing_data_between_departments_does_not_change_who_discloses_it() -> None:
    book = load("cn", date(2025, 8, 1))
    assert (book.version, book.choices["shared-data"].choice) == ("cn@2025-08-01", "maker")
    assert "其他条文未能核对" in value("cn", "choices.shared-data").reading.zh


@pytest.mark.clause("GT-remedy")
def test_the_bodys_own_terms_in_reconsideration_and_suits() -> None:
    old, new = load("cn", date(2023, 12, 31)), load("cn", TODAY)
    assert (str(old.terms["reconsideration-reply"].term), str(new.terms["reconsideration-reply"].term)) == (
        "10 d",
        "10 wd",
    )
    assert str(new.terms["reconsideration-reply-simple"].term) == "5 wd"
    assert new.choices["reconsideration-procedure"].choice == "simple-possible"
    assert str(new.terms["suit-defence"].term) == "15 d"
    assert (new.choices["nothing-filed"].choice, new.choices["nothing-filed"].article) == (
        "no-evidence",
        "行政复议法第七十条；行政诉讼法第三十四条第二款",
    )


@pytest.mark.clause("WY-F.3", "GT-supervise", "GT-breach")
def test_who_sanctions() -> None:
    assert set(answers("orders-correction").values()) == {("superior", "GT-breach")}
    assert set(answers("criticises").values()) == {("disclosure-authority", "GT-supervise")}
    law = ("competent-organ", "GT-supervise")
    assert answers("holds-accountable") == {
        **dict.fromkeys(("cn", "sc", "cx", "hz", "ls"), law),
        "wy": ("discipline-commission", "WY-F.3"),
    }


@pytest.mark.clause("WY-E.5", "WY-E.4")
def test_wuyuans_training_rule_is_older_than_the_compilation_that_holds_it() -> None:
    before, since = load("wy", date(2020, 10, 9)), load("wy", date(2020, 10, 10))
    assert (before.version, since.version) == ("cn@2019-09-01", "wy@2020-10-10+cn@2019-09-01")
    assert since.counts["training-hours"].at_least == 16
    assert "training-hours" not in before.counts
    assert since.opinion.clause == "GT-review"  # the other rules came later
    assert load("wy", TODAY).counts["training-hours"] == since.counts["training-hours"]


@pytest.mark.clause("GT-joint", "SC-A1.4d", "LS-8")
def test_silence_about_jointly_made_information_is_consent_after_fifteen_working_days_everywhere() -> None:
    for jurisdiction in EVERYWHERE:
        assert value(jurisdiction, "terms.joint-information").term == Term(15, "wd")
    service = value("sc", "terms.consulted-unit-reply")
    assert (str(service.term), service.clause) == ("5 wd", "SC-A1.4d")
    assert "不视为同意" in service.reading.zh
    assert answers("joint-parts")["ls"] == ("each", "LS-7")


@pytest.mark.clause("CX-17a", "CX-12", "WY-C.8", "WY-C.20", "SC-A1.4a", "HZ-A2c", "WY-I.10")
def test_what_holds_as_a_rule_lets_an_exception_through_with_a_reason_and_who_allowed_it() -> None:
    found = {
        (jurisdiction, name): (rule.allowed_by, rule.clause)
        for jurisdiction in EVERYWHERE
        for name, rule in load(jurisdiction, TODAY).exceptions.items()
    }
    assert found == {
        ("sc", "joint-publisher"): ("disclosure-authority", "SC-A1.4a"),
        ("cx", "phone-application"): ("unit-deputy", "CX-17a"),
        ("cx", "proposal-reply"): ("unit-deputy", "CX-12"),
        ("wy", "accounts"): ("county-group-office", "WY-C.8"),
        ("wy", "interaction"): ("unit-deputy", "WY-C.20"),
        ("wy", "hearing-representatives"): ("unit-deputy", "WY-I.10"),
        ("hz", "joint-attribute"): ("coordination-meeting", "HZ-A2c"),
    }
    for jurisdiction, name in found:
        rule = value(jurisdiction, f"exceptions.{name}")
        assert rule.reading is not None
        assert rule.shown()["zh"].startswith("原则上")
        assert "理由" in rule.shown()["zh"]


@pytest.mark.clause("WY-H.4", "WY-H.5")
def test_an_interpretation_has_a_plan_a_material_and_its_elements() -> None:
    counts = load("wy", TODAY).counts
    named = {name: counts[f"interpretation-{name}"] for name in ("plan", "material", "content")}
    assert {name: rule.at_least for name, rule in named.items()} == {"plan": 4, "material": 8, "content": 11}
    for rule in named.values():
        assert rule.of_zh.count("、") + 1 == rule.at_least


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
