"""What intake has to be told at start."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from gongkai.intake.service import SERVICE


def test_it_does_not_start_without_the_database_of_keys(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="keys_dsn"):
        SERVICE.settings(service="intake", dsn=SecretStr("postgresql://"), token_keys=tmp_path)
