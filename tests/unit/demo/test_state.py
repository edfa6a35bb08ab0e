"""What a data folder says is played in it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gongkai.contracts.errors import UserError
from gongkai.demo import state
from gongkai.demo.state import DemoState
from gongkai.demo.supplied_documents import read_folder


def test_a_new_folder_gets_what_is_asked_for(tmp_path: Path) -> None:
    assert state.choose(tmp_path / "new", None, None, None) == DemoState(1, 1.0)
    assert state.choose(tmp_path, 5, 0.5, tmp_path) == DemoState(5, 0.5, str(tmp_path))


def test_what_was_begun_goes_on_whether_named_again_or_not(tmp_path: Path) -> None:
    begun = DemoState(5, 0.5, str(tmp_path), {"a": "00"}, finished=True)
    begun.write(tmp_path)
    assert state.choose(tmp_path, None, None, None) == begun
    assert state.choose(tmp_path, 5, 0.5, tmp_path) == begun


@pytest.mark.parametrize(("seed", "scale"), [(6, None), (None, 1.0)])
def test_another_year_needs_another_folder(tmp_path: Path, seed: int | None, scale: float | None) -> None:
    DemoState(5, 0.5).write(tmp_path)
    with pytest.raises(UserError, match=r"--seed 5 --scale 0\.5"):
        state.choose(tmp_path, seed, scale, None)


def test_a_folder_with_other_data_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    with pytest.raises(UserError, match="a folder of its own"):
        state.choose(tmp_path, None, None, None)


def test_texts_that_changed_meanwhile_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("示例制度")
    papers = read_folder(tmp_path, date(2025, 1, 2))
    played = state.with_supplied_documents(DemoState(1, 1.0, str(tmp_path)), papers)
    assert state.with_supplied_documents(played, papers) == played
    with pytest.raises(UserError, match="have changed"):
        state.with_supplied_documents(replace(played, papers={"a": "00"}), papers)
