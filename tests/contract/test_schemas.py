"""The committed schemas are those of the code, and `gongkai schema` refuses to break one."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gongkai.cli.main import main
from gongkai.cli.schema import app
from gongkai.contracts.schema import FOLDER, committed, current, text_of

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what was promised."""
    for name, schema in committed().items():
        (tmp_path / f"{name}.json").write_text(text_of(schema))
    return tmp_path


def promise(folder: Path, name: str, field: str, part: object) -> None:
    """As if the promise had been another one."""
    file = folder / f"{name}.json"
    schema = json.loads(file.read_text())
    schema["properties"][field] = part
    file.write_text(json.dumps(schema))


def test_what_is_committed_is_what_the_code_says() -> None:
    written = {file.stem: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.json")}
    assert written == {name: text_of(schema) for name, schema in current().items()}, "gongkai schema export"


def test_it_passes_as_it_is() -> None:
    done = RUN.invoke(app, ["schema", "check"])
    assert done.exit_code == 0
    assert "keep their promise" in done.output


def test_a_broken_promise_is_refused_in_words(folder: Path) -> None:
    promise(folder, "DocumentDrafted.v1", "urgency", {"type": "string"})  # shipped once, and gone since
    promise(folder, "ScoreChanged.v1", "points", {"type": "number"})
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    for command in (["check", "--folder"], ["export", "--to"]):
        done = RUN.invoke(app, ["schema", *command, str(folder)])
        assert done.exit_code == 1
        assert "DocumentDrafted.v1 /urgency：字段被删除或改名" in done.output
        assert "ScoreChanged.v1 /points" in done.output
        assert "new version" in done.output
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_harmless_change_is_named_and_export_writes_it(folder: Path) -> None:
    promise(folder, "ScoreChanged.v1", "reason", {"type": "string", "maxLength": 100, "minLength": 1})
    done = RUN.invoke(app, ["schema", "check", "--folder", str(folder)])
    assert done.exit_code == 0
    assert "ScoreChanged.v1：兼容" in done.output
    assert RUN.invoke(app, ["schema", "export", "--to", str(folder)]).exit_code == 0
    assert committed(folder) == current()


def test_an_empty_folder_promises_nothing_and_that_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["gongkai", "schema", "check", "--folder", str(tmp_path)])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert "there are no schemas" in capsys.readouterr().err
