"""What `gongkai clauses` says of a requirement: what its tests show, and what is missing."""

from pathlib import Path

import pytest

from gongkai.operate.clauses import ClauseReport, Proof, trace_clauses

SCENARIOS = """
@pytest.mark.clause("CX-6")
async def test_without_an_attribute(): ...

@pytest.mark.clause("CX-6", "SC-3.3")
async def test_both(): ...

@pytest.mark.clause("SC-3.3", missing="上报共同的上一级")
async def test_silence(): ...
"""
OTHERS = """
@pytest.mark.clause("SC-3.3", "GT-answer")
def test_value(): ...
"""


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    folder = tmp_path / "tests"
    for name, source in (("requirements/test_it.py", SCENARIOS), ("unit/test_value.py", OTHERS)):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(source, encoding="utf-8")
    return folder


def proofs(report: ClauseReport) -> dict[str, Proof]:
    return {each.id: each.proof for each in report.clauses}


def test_only_scenarios_prove_and_what_they_miss_makes_it_partly(tests: Path) -> None:
    report = trace_clauses(tests, ids=["CX-6", "SC-3.3", "GT-answer", "GT-fee"])
    assert proofs(report) == {
        "CX-6": Proof.PROVED,
        "SC-3.3": Proof.PARTLY,
        "GT-answer": Proof.VALUE,
        "GT-fee": Proof.NONE,
    }
    partly = next(each for each in report.clauses if each.id == "SC-3.3")
    assert partly.missing == ("上报共同的上一级",)
    assert partly.tests == ("tests/unit/test_value.py::test_value",)
    assert partly.scenarios == (
        "tests/requirements/test_it.py::test_both",
        "tests/requirements/test_it.py::test_silence",
    )
    counts = {Proof.PROVED: 1, Proof.PARTLY: 1, Proof.VALUE: 1, Proof.NONE: 248}
    assert report.counts == counts
    assert report.as_data()["counts"] == {"proved": 1, "partly": 1, "value": 1, "none": 248}


def test_missing_is_what_is_not_proved(tests: Path) -> None:
    assert proofs(trace_clauses(tests, ids=["CX-6", "SC-3.3"], missing=True)) == {"SC-3.3": Proof.PARTLY}


def test_a_line_of_work_has_its_own_counts(tests: Path) -> None:
    report = trace_clauses(tests, line="consultation")
    assert {each.line for each in report.clauses} == {"consultation"}
    assert report.counts.total() == len(report.clauses)
    assert report.counts[Proof.PARTLY] == 1
    with pytest.raises(ValueError, match="no such line"):
        trace_clauses(tests, line="consultations")


def test_an_id_that_is_no_requirement_is_named(tests: Path) -> None:
    (tests / "unit" / "test_more.py").write_text('@pytest.mark.clause("SC-99")\ndef test_it(): ...')
    assert trace_clauses(tests, ids=["SC-98"]).unknown == ["SC-98", "SC-99"]
