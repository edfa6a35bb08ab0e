"""gongkai deadline, calendar, rules, clauses."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gongkai.cli.main import app
from gongkai.contracts.errors import UserError
from gongkai.rules.requirements import requirements
from gongkai.rules.rulebook_reads import all_values
from gongkai.rules.rulebooks import shipped


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


def as_json(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.clause("GT-answer")
def test_a_deadline_is_told_day_by_day() -> None:
    told = as_json("deadline", "--rule", "GT-answer", "--received", "2026-02-06")
    assert told["due"] == "2026-03-12"
    assert sum(day["counts"] for day in told["days"]) == 20
    assert told["days"][8] == {
        "date": "2026-02-14",
        "counts": True,
        "n": 6,
        "reason": "调休上班",
        "reason_en": "worked to make up for Spring Festival",
        "code": "make-up",
    }


def test_pauses_are_left_out() -> None:
    told = as_json(
        *("deadline", "--rule", "GT-answer", "--received", "2026-03-02"),
        *("--pause", "2026-03-09..2026-03-13", "--pause", "2026-03-16..2026-03-20"),
    )
    assert told["due"] == "2026-04-14"
    assert sum(day["code"] == "pause" for day in told["days"]) == 10


def test_a_clause_of_a_county_brings_the_rulebook_of_that_county_unless_another_is_named() -> None:
    local = as_json("deadline", "--rule", "SC-3.3", "--received", "2026-03-02")
    assert (local["due"], local["rulebook"]) == ("2026-03-04", "sc@2020-06-30+cn@2025-08-01")
    named = as_json("deadline", "--rule", "GT-coordinate", "--received", "2026-03-02", "--jurisdiction", "sc")
    assert (named["clause"], named["due"]) == ("SC-3.3", "2026-03-04")


def test_past_the_last_notice_the_deadline_is_open() -> None:
    told = as_json("deadline", "--rule", "GT-answer", "--received", "2026-12-20")
    assert (told["due"], told["left"], told["awaits"]) == (None, 11, 2027)


def test_for_a_person_a_deadline_is_a_table_in_both_languages() -> None:
    result = run("deadline", "--rule", "GT-answer", "--received", "2026-02-06")
    assert "截止2026-03-12 · due on 2026-03-12" in result.stdout
    assert "春节 Spring Festival" in result.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--rule", "XX-1", "--received", "2026-03-02"], "has no term `XX-1`"),
        (["--rule", "GT-answer", "--received", "2026-03-02", "--jurisdiction", "xx"], "no rulebook `xx`"),
        (["--rule", "GT-answer", "--received", "yesterday"], "日期须写作"),
        (["--rule", "GT-answer", "--received", "2026-03-02", "--pause", "2026-03-05"], "日期须写作"),
        (
            ["--rule", "GT-answer", "--received", "2026-03-02", "--pause", "2026-03-05..2026-03-04"],
            "暂停期间的止日早于起日",
        ),
        (["--rule", "GT-answer", "--received", "20260302"], "is not a date like 2026-03-02"),
        (["--rule", "GT-answer", "--received", "2026-W10-1"], "日期须写作 2026-03-02"),
        (
            ["--rule", "WY-I.9", "--received", "2026-03-18", "--pause", "2026-03-09..2026-03-10"],
            "no --pause moves it",
        ),
    ],
)
def test_what_can_not_be_counted_is_refused_with_a_reason(words: list[str], says: str) -> None:
    result = run("deadline", *words)
    assert result.exit_code == 2
    assert says in result.output


def test_the_working_days_of_a_year_are_listed() -> None:
    told = as_json("calendar", "--year", "2026")
    assert len(told["working_days"]) == 248
    assert told["working_days"][0] == "2026-01-04"
    assert "国办发明电〔2025〕7号" in run("calendar", "--year", "2026").stdout


def test_a_year_without_a_notice_has_no_working_days_to_list() -> None:
    result = run("calendar", "--year", "2027", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "尚未录入2027年的节假日安排通知" in result.stderr
    assert "No holiday notice for 2027" in result.stderr


def test_rules_are_shown_with_their_clauses() -> None:
    told = as_json("rules", "show", "sc", "--on", "2026-03-02")
    assert told["version"] == "sc@2020-06-30+cn@2025-08-01"
    assert told["values"]["consultations.affects"]["clause"] == "SC-3.3"
    assert told["values"]["consultations.affects"]["term"] == "2 wd"
    assert "SC-A1.4c" in run("rules", "show", "sc").stdout
    assert run("rules", "show", "xx").exit_code == 2


def test_rules_are_listed_by_name_and_clause() -> None:
    told = as_json("rules", "list", "--jurisdiction", "wy", "--on", "2026-03-02")["rules"]
    assert told["answer"]["clause"] == "GT-answer"
    assert told["least.hearing-notice"]["zh"] == "提前不少于10日"
    assert told["procedures.outside-catalogue.terms.extension"]["term"] == "3 m"
    assert "attributes.withheld" not in told
    assert "terms.reconsideration" in run("rules", "list").stdout
    assert "gongkai rules list" in run("deadline", "--help").stdout
    for name, rule in told.items():
        for said in (name, rule["clause"]):
            assert (
                run("deadline", "--rule", said, "--received", "2026-03-02", "--jurisdiction", "wy").exit_code
                == 0
            )


def test_two_places_are_compared_value_by_value() -> None:
    told = as_json("rules", "diff", "sc", "ls", "--on", "2026-03-02")
    assert (told["a"], told["b"]) == ("sc@2020-06-30+cn@2025-08-01", "ls@2021-08-04+cn@2025-08-01")
    found = {each["name"]: each for each in told["differences"]}
    coordinate = found["consultations.coordinate"]
    assert (coordinate["a"]["clause"], coordinate["b"]["clause"]) == ("SC-A1.4c", "LS-6")
    assert found["approvals.important"]["b"] is None
    assert "answer" not in found
    assert "SC-A1.4a" in run("rules", "diff", "sc", "ls").stdout
    assert as_json("rules", "diff", "sc", "sc")["differences"] == []


@pytest.mark.clause("GT-since")
def test_two_days_are_compared_as_well() -> None:
    told = as_json("rules", "diff", "cn@2019-05-14", "cn@2019-05-15")
    found = {each["name"]: each for each in told["differences"]}
    assert (found["answer"]["a"]["term"], found["answer"]["b"]["term"]) == ("15 wd", "20 wd")
    assert run("rules", "diff", "cn@yesterday", "cn").exit_code == 2


@pytest.mark.clause("GT-count")
def test_what_is_due_before_an_event_is_counted_back_from_it() -> None:
    told = as_json("deadline", "--rule", "WY-I.9", "--received", "2026-03-18")
    assert (told["due"], told["days"][0]["n"], told["days"][-1]["code"]) == ("2026-03-08", 10, "event")


def test_the_shipped_rules_are_sound() -> None:
    result = run("rules", "check")
    assert (result.exit_code, "6 rulebooks are sound" in result.stdout) == (0, True)


def test_values_that_no_code_reads_are_counted_and_listed_on_request() -> None:
    told = as_json("rules", "check")
    count = len(set(all_values(shipped())) & set(told["unread"]))
    assert f"of {told['values']} values {count} are read by no code" in run("rules", "check").stdout
    assert "answer" not in told["unread"]
    listed = run("rules", "check", "--unread").stdout
    assert [name for name in told["unread"] if name not in listed] == []
    assert told["undetermined"] == []


def test_a_clause_shows_its_code_its_tests_and_what_it_misses(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    (folder / "requirements").mkdir(parents=True)
    (folder / "test_sample.py").write_text(
        "import pytest\n@pytest.mark.clause('GT-count', 'ZZ-1')\ndef test_it(): ...\n", encoding="utf-8"
    )
    (folder / "requirements" / "test_whole.py").write_text(
        "@pytest.mark.clause('CX-6')\n@pytest.mark.clause('SC-3.3', missing='裁定')\ndef test_it(): ...\n",
        encoding="utf-8",
    )
    told = as_json("clauses", "--tests", str(folder))
    (count,) = [row for row in told["clauses"] if row["id"] == "GT-count"]
    assert "gongkai.rules.deadlines.deadline" in count["code"]
    assert (count["state"], count["tests"]) == ("value", ["tests/test_sample.py::test_it"])
    assert "ZZ-1" in told["unknown"]
    assert told["counts"] == {"proved": 1, "partly": 1, "value": 1, "none": len(requirements()) - 3}

    missing = run("clauses", "--missing", "--tests", str(folder))
    assert missing.exit_code == 1
    assert "CX-6  " not in missing.stdout
    assert (
        "SC-3.3  杭州市上城区人民政府政务公开工作制度  三.3  部分 partly\n    缺 missing: 裁定"
        in missing.stdout
    )
    assert "已证明 proved 1，部分 partly 1，仅值 value 1" in missing.stderr
    assert run("clauses", "--missing", "--tests", str(folder), "CX-6").exit_code == 1  # ZZ-1 is unknown

    line = as_json("clauses", "--line", "consultation", "--tests", str(folder))
    assert {row["line"] for row in line["clauses"]} == {"consultation"}
    wrong = run("clauses", "--line", "consultations", "--tests", str(folder))
    assert isinstance(wrong.exception, UserError)
