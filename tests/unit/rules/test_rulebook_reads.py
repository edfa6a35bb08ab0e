"""Which values code reads is told from its source: by name, by a constant, by any key of a vocabulary, never by showing all."""

from pathlib import Path

import pytest

from gongkai.rules.rulebook_reads import all_values, reads, unread
from gongkai.rules.rulebooks import shipped


def read_by(folder: Path, source: str) -> set[str]:
    (folder / "module.py").write_text(source, encoding="utf-8")
    return set(reads([folder]).names)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(rules): return rules.book.answer.term", {"answer"}),
        ("def f(rules): return rules.book.answer", {"answer"}),
        ("def f(book: Rulebook): return book.terms['fee-payment'].term", {"terms.fee-payment"}),
        ("NAME = 'fee-payment'\ndef f(b: Rulebook | None): return b.terms.get(NAME)", {"terms.fee-payment"}),
        ("def g(x) -> Rulebook: ...\ndef f(): return g(1).grades['assessment'].bands", {"grades.assessment"}),
        (
            "from gongkai.rules.rulebooks import load\ndef f():\n  law = load('cn', d)\n  return law.days['x'].day",
            {"days.x"},
        ),
        (
            "from gongkai.rules.rulebooks import shipped\ndef f(): return shipped().named(v).extension.term",
            {"extension"},
        ),
        ("def f(rules, k): return rules.book.consultation(k).term", {"consultations.*"}),
        (
            "def f(rules): return rules.book.points(Indicator.APPLICATION_LATE).points",
            {"deductions.application-late"},
        ),
        ("def f(rules, a): return a in rules.book.attributes", {"attributes.*"}),
        (
            "def f(book: Rulebook): return book.procedures['p'].terms['extension'].term",
            {"procedures.p", "procedures.p.terms.extension"},
        ),
        ("def f(self): return self.answer.term", set()),  # of something else
        ("def f(rules): return dict(rules.book.entries())", set()),
        ("def f(rules): return rules.book.publish.clause", set()),  # cites it, and does nothing by it
        ("import json\ndef f(): return json.load(x).terms['a']", set()),
    ],
)
def test_a_read_is_a_value_under_its_name(tmp_path: Path, source: str, found: set[str]) -> None:
    assert read_by(tmp_path, source) == found


def test_a_key_that_the_source_does_not_tell_is_told_as_such(tmp_path: Path) -> None:
    assert read_by(tmp_path, "def f(rules, name): return rules.book.terms[name]") == set()
    assert reads([tmp_path]).undetermined == ("module.py:1: terms",)


def test_the_clause_of_a_value_is_all_that_a_basis_has(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "@event(1, 'x', basis=RulebookClause('registration'))\nclass A: ...\n"
        "@event(1, 'x', basis=RulebookClause('answer'))\nclass B: ...\n",
        encoding="utf-8",
    )
    missing = {each.name for each in unread(shipped(), reads([tmp_path]))}
    assert "registration" not in missing
    assert {"answer", "review"} <= missing


def test_of_a_value_that_is_read_a_part_that_nobody_reads_is_told(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "def f(rules, kind):\n  rule = rules.book.consultation(kind)\n  return rule.term, rule.silence\n",
        encoding="utf-8",
    )
    missing = {each.name: each.clauses for each in unread(shipped(), reads([tmp_path]))}
    assert missing["consultations.coordinate.urgent"] == {"sc": "SC-A1.4c"}
    assert "consultations.affects" not in missing


def test_nothing_is_hidden_where_no_code_reads_anything(tmp_path: Path) -> None:
    assert {each.name for each in unread(shipped(), reads([tmp_path]))} == set(all_values(shipped()))
