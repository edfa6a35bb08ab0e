"""How a service gives way to others on a busy machine (ADR 0027)."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gongkai.operate.processes.up import Options
from gongkai.runtime import serve
from gongkai.runtime.settings import SERVICES

ASK = """
import os
from pathlib import Path
from gongkai.runtime.serve import _give_way
def group():
    file = Path("/proc/self/autogroup")
    text = file.read_text() if file.exists() else ""  # empty where nobody has begun a session since the start
    return text.split()[-1] if text else "none"
before = group()
_give_way(5)
print(os.nice(0), before, group())
"""


def said(*, leads: bool) -> tuple[int, str, str]:
    """Niceness of the process; of its session, before and after."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=True, start_new_session=leads
    )
    own, before, after = done.stdout.split()
    return int(own), before, after


def lower_by_five() -> int:
    return min(19, os.nice(0) + 5)


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel doesn't group by session")
def test_who_leads_his_session_says_it_of_the_session_too() -> None:
    assert said(leads=True) == (lower_by_five(), "0", "5")


def test_in_anothers_session_only_the_process_gives_way() -> None:
    own, before, after = said(leads=False)
    assert own == lower_by_five()
    assert before == after


def test_up_has_those_give_way_who_follow_and_nobody_where_it_is_told_so() -> None:
    giving = {name for name in SERVICES if Options().command(name)[-2:] == ("--nice", "15")}
    assert giving == {"console", "review", "publishing", "scoring"}
    assert not [name for name in SERVICES if "--nice" in Options(nice=0).command(name)]


def test_a_kernel_that_was_asked_too_often_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Exception | None] = [BlockingIOError(), BlockingIOError(), None]

    def write(_: Path, text: str) -> None:
        assert text == "15"
        if (answer := answers.pop(0)) is not None:
            raise answer

    monkeypatch.setattr(os, "nice", lambda _: 0)
    monkeypatch.setattr(os, "getsid", lambda _: os.getpid())
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(Path, "write_text", write)
    serve._give_way(15)
    assert not answers
