"""A hundred thousand events by `gongkai import`, with everything running: how fast, how much memory, and killed.

`GONGKAI_IMPORT_EVENTS` says another number. The minute is a machine's that has nothing else to do.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.ingress.importing import import_twice, killed_half_way
from tests.integration.ingress.running import Running, running

EVENTS = int(os.environ.get("GONGKAI_IMPORT_EVENTS", "100000"))


@pytest.fixture(scope="module")
def deployment(run_folder: Path) -> Iterator[Running]:
    folder = run_folder / "import"
    folder.mkdir(mode=0o711)
    with running(folder) as made:
        yield made


@pytest.mark.timeout(3600)
def test_many_are_imported_in_bounded_memory_and_again_are_all_duplicates(
    deployment: Running, tmp_path: Path
) -> None:
    first, second = import_twice(deployment, tmp_path, EVENTS)
    print(f"{EVENTS} drafts with short texts: {first:.1f} s, again {second:.1f} s")


@pytest.mark.timeout(3600)
def test_killed_half_way_and_run_again_comes_to_the_same_end(deployment: Running, tmp_path: Path) -> None:
    killed_half_way(deployment, tmp_path, EVENTS // 5)
