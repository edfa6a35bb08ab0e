"""The notices that this version ships: one file a year in `state_council/`. The next year is a file more."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from gongkai.rules.calendar.calendar import Calendar
from gongkai.rules.calendar.notices import Notice
from gongkai.rules.rule_file import RuleFile, parse, read

FOLDER = Path(__file__).parent / "state_council"


class YearFile(BaseModel):
    """Notices of one year: the first, and what changed it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notices: tuple[Notice, ...] = Field(min_length=1)


def read_notices(text: str, name: str) -> RuleFile[YearFile]:
    """Notices as they are handed in: written like the files in `state_council/`. RuleFileError with every fault."""
    return parse(text, name, YearFile)


@cache
def official() -> Calendar:
    """The calendar of all notices shipped. RuleFileError when one of the files is damaged."""
    files = [read(path, YearFile).content for path in sorted(FOLDER.glob("*.yaml"))]
    return Calendar(tuple(notice for file in files for notice in file.notices))
