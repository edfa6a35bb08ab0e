"""With everything running: `docs/connect.md` as an agency's programmer would follow it, and `gongkai import`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.ingress.importing import import_twice, killed_half_way
from tests.integration.ingress.running import CODE, Running

EVENTS = 2_000  # to import; tests/faults has more

_BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.timeout(600)
def test_every_block_does_what_it_says(deployment: Running, tmp_path: Path) -> None:
    blocks = _BLOCK.findall((CODE / "docs" / "connect.md").read_text())
    assert len(blocks) >= 10
    script = ["set -euo pipefail"]
    for number, (language, code) in enumerate(blocks, 1):
        script.append(f"echo 'block {number}'")
        if language == "python":
            file = tmp_path / f"block{number}.py"
            file.write_text(code)
            script.append(f"python3 {file.name}")
        else:
            script.append(code)
    there = deployment.there
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(CODE),
        "GONGKAI_INTAKE_URL": there.url("intake"),
        "GONGKAI_CONSOLE_URL": there.url("console"),
        "GONGKAI_SYSTEM": "finance-oa",
        "GONGKAI_SYSTEM_KEY": deployment.secret,
    }
    done = subprocess.run(
        ["/bin/bash", "-c", "\n".join(script)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.timeout(600)
def test_two_thousand_are_imported_and_again_are_all_duplicates(deployment: Running, tmp_path: Path) -> None:
    import_twice(deployment, tmp_path, EVENTS)


@pytest.mark.timeout(600)
def test_killed_half_way_and_run_again_comes_to_the_same_end(deployment: Running, tmp_path: Path) -> None:
    killed_half_way(deployment, tmp_path, EVENTS)
