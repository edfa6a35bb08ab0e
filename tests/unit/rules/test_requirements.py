"""The requirement list, and which tests prove what it lists."""

import os
from pathlib import Path

import pytest

from gongkai.rules.clause_tests import ClauseTest, clause_tests
from gongkai.rules.requirements import LIST, requirements

CHECKOUT = Path(__file__).parents[3]

TESTS = """
import pytest

pytestmark = [pytest.mark.clause("GT-20wd")]

@pytest.mark.clause("SC-3.3", "SC-A1.4c")
def test_two(): ...

@pytest.mark.slow
async def test_none(): ...

@pytest.mark.clause("CX-6")
class TestMore:
    pytestmark = pytest.mark.clause("CX-7")

    @pytest.mark.clause("CX-8")
    def test_three(self): ...

    def helper(self): ...

@pytest.mark.clause("CX-9")
def helper(): ...
"""


def test_the_list_has_every_requirement_once_with_where_it_stands() -> None:
    assert len(requirements()) == 251
    one = requirements()["SC-3.3"]
    assert (one.regulation, one.clause, one.service) == (
        "杭州市上城区人民政府政务公开工作制度",
        "三.3",
        "review",
    )
    assert requirements()["GT-answer"].regulation == "中华人民共和国政府信息公开条例"
    assert all(requirement.need for requirement in requirements().values())


def test_the_list_is_the_one_that_the_regulations_folder_holds_where_there_is_one() -> None:
    shared = Path(os.environ.get("GONGKAI_SHARED", CHECKOUT.parent / "shared"))
    original = shared / "regulations" / "requirements.yaml"
    assert not original.exists() or LIST.read_bytes() == original.read_bytes()


def test_marks_are_read_from_functions_classes_and_modules(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    (folder / "unit").mkdir(parents=True)
    (folder / "unit" / "test_sample.py").write_text(TESTS, encoding="utf-8")
    (folder / "unit" / "sample.py").write_text(TESTS, encoding="utf-8")
    two, none, three = (
        ClauseTest(f"tests/unit/test_sample.py::{name}", scenario=False)
        for name in ("test_two", "test_none", "TestMore::test_three")
    )
    assert clause_tests(folder) == {
        "GT-20wd": [two, none, three],
        "SC-3.3": [two],
        "SC-A1.4c": [two],
        "CX-6": [three],
        "CX-7": [three],
        "CX-8": [three],
    }


def test_a_scenario_may_say_what_its_clause_still_misses(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    (folder / "requirements" / "sc").mkdir(parents=True)
    marked = '@pytest.mark.clause("SC-3.3", missing="裁定")\n@pytest.mark.clause("SC-A1.4c")\nasync def test_it(): ...'
    (folder / "requirements" / "sc" / "test_it.py").write_text(marked, encoding="utf-8")
    place = "tests/requirements/sc/test_it.py::test_it"
    assert clause_tests(folder) == {
        "SC-3.3": [ClauseTest(place, scenario=True, missing="裁定")],
        "SC-A1.4c": [ClauseTest(place, scenario=True)],
    }


@pytest.mark.parametrize(
    "mark", ['"SC-3.3", missing=""', '"SC-3.3", missing=WORDS', '"SC-3.3", lacks="裁定"']
)
def test_a_mark_that_says_nothing_or_what_nobody_reads_is_refused(tmp_path: Path, mark: str) -> None:
    folder = tmp_path / "requirements"
    folder.mkdir()
    (folder / "test_it.py").write_text(f"@pytest.mark.clause({mark})\ndef test_it(): ...", encoding="utf-8")
    with pytest.raises(ValueError, match="line 1"):
        clause_tests(tmp_path)


def test_only_a_scenario_says_what_is_missing(tmp_path: Path) -> None:
    mark = '@pytest.mark.clause("SC-3.3", missing="裁定")\ndef test_it(): ...'
    (tmp_path / "test_it.py").write_text(mark, encoding="utf-8")
    with pytest.raises(ValueError, match="is no scenario"):
        clause_tests(tmp_path)


def test_no_test_here_claims_a_clause_that_is_not_in_the_list() -> None:
    assert set(clause_tests(CHECKOUT / "tests")) <= set(requirements())
