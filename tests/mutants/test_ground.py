"""What every mutant's scenarios stand on, started once by the process that all of them are forked from."""

from pathlib import Path

import pytest


@pytest.mark.usefixtures("_template")
def test_ground(broker: str, tmp_path: Path) -> None:
    """PostgreSQL with its template, a broker, a folder."""
    assert broker
    assert tmp_path.is_dir()
