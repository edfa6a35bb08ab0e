"""审查, declared: all that others have to know of this service (entry point `gongkai.services`)."""

from pathlib import Path

from gongkai.review.actions import RULES
from gongkai.runtime.declaration import Service

SERVICE = Service(
    name="review",
    zh="审查",
    en="Review",
    package="gongkai.review",
    folder=Path(__file__).parent,
    port=8082,
    rules=RULES,
    owns_log=True,
    follows=("intake", "review", "publishing"),
    register=("intake",),
    database_roles=("log_reader", "store_reader"),
    deadlines=("consultation-answer",),
)
