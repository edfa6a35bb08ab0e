"""考核, declared: all that others have to know of this service (entry point `gongkai.services`)."""

from pathlib import Path

from gongkai.runtime.declaration import Service

SERVICE = Service(
    name="scoring",
    zh="考核",
    en="Scoring",
    package="gongkai.scoring",
    folder=Path(__file__).parent,
    port=8084,
    rules={},
    owns_log=True,
    follows=("intake", "review"),
    register=("intake",),
    database_roles=("log_reader", "store_reader"),
)
