"""The command line: quick to start a service, and plain about what a person can mend."""

import asyncio
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.exceptions import TyperException
from typer.main import get_command

from gongkai.cli import main as module
from gongkai.contracts.errors import UserError
from gongkai.operate.processes.deployment import NotUp
from gongkai.operate.processes.up import Options, up


def test_serving_imports_no_other_command() -> None:
    code = (
        "import sys; from gongkai.cli.main import app; app(['serve', '--help'], standalone_mode=False); "
        "assert not {'gongkai.cli.commands.deadlines', 'gongkai.operate.processes.up'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_every_command_of_another_module_is_listed_with_it() -> None:
    there = {
        command: name
        for name in set(module.MODULES.values())
        for command in vars(get_command(import_module(name).app))["commands"]
    }
    assert there == module.MODULES


def test_commands_of_other_modules_are_ours_too(capsys: pytest.CaptureFixture[str]) -> None:
    module.app(["--help"], standalone_mode=False)
    said = capsys.readouterr().out
    assert all(name in said for name in ("up", "serve", "migrate", "deadline", "clauses", "bench"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["up", "--data", __file__], "不是目录 / is not a folder"),
        (["check", "--data", __file__], "不是目录 / is not a folder"),
        (["up", "--kafka", "nonsense"], "must be HOST:PORT"),
        (["up", "--kafka", "a:1,b"], "must be HOST:PORT"),
        (["up", "--kafka", "a:0"], "must be HOST:PORT"),
        (["up", "--kafka", "a:99999999999"], "must be HOST:PORT"),
        (["demo", "--scale", "inf"], "must be a finite number"),
    ],
)
def test_an_option_that_cant_be_is_refused_with_a_sentence(arguments: list[str], sentence: str) -> None:
    with pytest.raises(typer.BadParameter) as refused:
        get_command(module.app).main(arguments, standalone_mode=False)
    assert sentence in refused.value.message


def test_a_folder_under_a_file_is_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="不能用作数据目录 / can't be the data folder"):
        asyncio.run(up(Options(tmp_path / "file" / "data")))


def test_what_a_person_can_mend_is_said_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise NotUp(Path("/data"))

    monkeypatch.setattr(module, "app", fails)
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert ended.value.code == 1
    assert "未在运行" in (said := capsys.readouterr().err)
    assert "nothing runs there" in said


def test_a_mistyped_command_is_told_which_one_it_resembles() -> None:
    with pytest.raises(TyperException, match="Did you mean 'import'"):
        get_command(module.app).main(["imprt"], standalone_mode=False)
