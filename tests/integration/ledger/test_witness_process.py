"""`python -m gongkai.ledger.cosigning`: the witness as a process of its own."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from gongkai.ledger.cosigning.server import VKEY
from gongkai.operate.embedded.command import OUR_CODE


def test_the_witness_runs_as_a_module_and_ends_at_sigterm(tmp_path: Path) -> None:
    argv = [sys.executable, "-P", "-m", "gongkai.ledger.cosigning", "--folder", str(tmp_path)]
    argv += ["--name", "gongkai.example/witness", "--port", "0"]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, env={"PYTHONPATH": OUR_CODE}) as process:
        try:
            assert process.stderr is not None
            ready = json.loads(process.stderr.readline())
            assert (ready["event"], ready["name"]) == ("ready", "gongkai.example/witness")
            answer = httpx.get(f"http://127.0.0.1:{ready['port']}/vkey", trust_env=False)
            assert answer.text == (tmp_path / VKEY).read_text()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
