"""受理, declared: all that others have to know of this service (entry point `gongkai.services`)."""

from pathlib import Path

from gongkai.intake.actions import RULES
from gongkai.intake.settings import IntakeSettings
from gongkai.runtime.declaration import Service

SERVICE = Service(
    name="intake",
    zh="受理",
    en="Intake",
    package="gongkai.intake",
    folder=Path(__file__).parent,
    port=8081,
    rules=RULES,
    owns_log=True,
    follows=("intake", "review", "publishing"),
    register=("intake",),
    database_roles=("log_reader", "store_writer", "store_reader"),
    holds_register=True,
    holds_personal_keys=True,
    settings=IntakeSettings,
    deadlines=("application-answer",),
)
