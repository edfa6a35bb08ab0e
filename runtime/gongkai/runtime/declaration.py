"""What a service declares of itself, in its `service.py`: all that others have to know of it.

The entry point group `gongkai.services` names the declarations; operating, the command line and tests find them there,
and know no service by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gongkai.ledger.read import LogId
from gongkai.runtime.rights import Rules
from gongkai.runtime.settings import Settings

GROUP: Final = "gongkai.services"  # of entry points


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`package` holds `app.py` with `create(settings)` and, where there are any, `PROJECTIONS`; beside it `migrations/`.

    `follows`: the services whose logs it reads. `register`: those in whose logs it finds units, systems, delegations and
    the calendar; none for one that may not see the register. `database_roles`: group roles of its writer;
    `owner_roles`: of the owner that migrates it. `deadlines`: kinds of what falls due for its streams.
    """

    name: str
    zh: str
    en: str
    package: str
    folder: Path
    port: int  # on one machine, where it is free
    rules: Rules
    settings: type[Settings] = Settings
    owns_log: bool = False
    holds_register: bool = False  # its log is where the register is written
    follows: tuple[str, ...] = ()
    register: tuple[str, ...] = ()
    database_roles: tuple[str, ...] = ()
    owner_roles: tuple[str, ...] = ()
    deadlines: tuple[str, ...] = ()
    holds_personal_keys: bool = False  # it reaches the database with the keys of persons
    issues_tokens: bool = False
    browsers: bool = False  # people's browsers talk to it: a trace begins here, whatever they send along
    public: bool = False  # whoever asks is anybody, so nothing of the inside is told
    interface: bool = True  # it has an API for programs
    # What else is mounted in its process, and declares rules of its own.
    mounted: Mapping[str, Rules] = field(default_factory=dict)

    @property
    def log(self) -> LogId | None:
        """The log that its new events go to."""
        return LogId(self.name, self.name) if self.owns_log else None

    @property
    def all_rules(self) -> Rules:
        """Its own and of what is mounted in its process."""
        found: dict[str, Any] = {}
        for rules in (*self.mounted.values(), self.rules):
            found |= rules
        return found

    @property
    def migrations(self) -> Path:
        return self.folder / "migrations"
