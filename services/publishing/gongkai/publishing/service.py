"""发布, declared: all that others have to know of this service (entry point `gongkai.services`)."""

from pathlib import Path

from gongkai.publishing.actions import RULES
from gongkai.runtime.declaration import Service

SERVICE = Service(
    name="publishing",
    zh="发布",
    en="Publishing",
    package="gongkai.publishing",
    folder=Path(__file__).parent,
    port=8083,
    rules=RULES,
    owns_log=True,
    follows=("intake", "review", "publishing"),
    register=("intake",),
    database_roles=("log_reader", "store_reader", "store_releaser"),
)
