"""控制台, declared: all that others have to know of this service (entry point `gongkai.services`)."""

from pathlib import Path

from gongkai.console.actions import RULES
from gongkai.console.settings import ConsoleSettings
from gongkai.identity import actions as identity
from gongkai.runtime.declaration import Service
from gongkai.runtime.topology import logs_of

SERVICE = Service(
    name="console",
    zh="控制台",
    en="Console",
    package="gongkai.console",
    folder=Path(__file__).parent,
    port=8080,
    rules=RULES,
    follows=("intake", "review", "publishing", "scoring"),
    register=("intake",),
    database_roles=("log_reader",),
    settings=ConsoleSettings,
    issues_tokens=True,
    browsers=True,
    mounted={"identity": identity.RULES},
)

# By name: what its pages tell of.
LOGS = {log.name: log for log in logs_of(*SERVICE.follows)}
