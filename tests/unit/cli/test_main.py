"""The command line: quick to start a service, and plain about what a person can mend."""

import subprocess
import sys
from pathlib import Path

import pytest

from gongkai.cli import main as module
from gongkai.cli.deployment import NotUp


def test_serving_imports_no_other_command() -> None:
    code = (
        "import sys; from gongkai.cli.main import app; app(['serve', '--help'], standalone_mode=False); "
        "assert not {'gongkai.cli.law', 'gongkai.cli.up'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_commands_of_other_modules_are_ours_too(capsys: pytest.CaptureFixture[str]) -> None:
    module.app(["--help"], standalone_mode=False)
    said = capsys.readouterr().out
    assert all(name in said for name in ("up", "serve", "migrate", "deadline", "clauses"))


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
