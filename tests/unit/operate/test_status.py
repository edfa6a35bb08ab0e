"""What a killed run left behind is ended; whoever merely has the same process id is not."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.operate.processes.status import AlreadyUp, Status, end_orphans, fingerprint, locked, read

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def left(file: Path, **changed: object) -> None:
    record = fingerprint(int(str(changed.pop("pid"))), SLEEP, signal.SIGTERM) | changed
    Status(1, "127.0.0.1", {}, {}, "", processes={"review": record}).write(file)


def test_an_orphan_is_ended(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    left(tmp_path / "up.json", pid=sleeper.pid)
    assert end_orphans(tmp_path / "up.json") == ["review"]
    assert sleeper.wait(10) == -signal.SIGTERM
    assert read(tmp_path / "up.json") is None


@pytest.mark.parametrize("changed", [{"argv": ["/usr/bin/other"]}, {"born": 1.0}])
def test_a_stranger_with_the_same_id_is_left_alone(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]", changed: dict[str, object]
) -> None:
    left(tmp_path / "up.json", pid=sleeper.pid, **changed)
    assert end_orphans(tmp_path / "up.json") == []
    assert sleeper.poll() is None


def test_one_up_a_data_folder(tmp_path: Path) -> None:
    with (
        locked(tmp_path, tmp_path / "lock"),
        pytest.raises(AlreadyUp, match="已有一个"),
        locked(tmp_path, tmp_path / "lock"),
    ):
        pass
    with locked(tmp_path, tmp_path / "lock"):
        pass
