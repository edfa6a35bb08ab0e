"""`.ci/steps`: each step is told with what it took and its budget; a slow one is warned of, a failed one ends the run."""

import subprocess
from pathlib import Path

STEPS = Path(__file__).parents[2] / ".ci/steps"


def run(*steps: str, limit: int = 60) -> "subprocess.CompletedProcess[str]":
    script = "\n".join(("set -euo pipefail", f"LIMIT={limit}", f"source {STEPS}", *steps, "passed"))
    return subprocess.run(["/bin/bash", "-c", script], capture_output=True, text=True, check=False)


def test_what_a_step_took_stands_beside_its_budget() -> None:
    done = run("step one 30 true", "step two 40 true")
    assert done.returncode == 0
    summary = done.stdout.partition("all passed")[2]
    lines = [line.split() for line in summary.splitlines()[2:4]]
    assert [(line[0], line[3]) for line in lines] == [("one", "30"), ("two", "40")]
    assert all(int(line[1]) <= 2 for line in lines)  # a step that does nothing
    assert "!!" not in done.stdout


def test_beyond_one_and_a_half_times_the_budget_there_is_a_warning() -> None:
    done = run("step slow 1 sleep 2.1", "step quick 3 true")
    assert done.returncode == 0
    warned = [line.split()[0] for line in done.stdout.partition("all passed")[2].splitlines() if "!!" in line]
    assert warned == ["slow", "!!"]


def test_a_step_that_fails_ends_the_run_with_its_exit_status() -> None:
    done = run("step wrong 5 sh -c 'exit 7'", "step never 5 true")
    assert done.returncode == 7
    assert "wrong" in done.stderr
    assert "never" not in done.stdout + done.stderr


def test_all_steps_together_have_a_limit() -> None:
    done = run("step endless 60 sleep 30", limit=1)
    assert done.returncode == 124
    assert "时限 / over the limit" in done.stderr
