"""The databases of one deployment: names, schemas, roles, members, addresses (等保: least privilege)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from psycopg.conninfo import conninfo_to_dict

from gongkai.operate.services import installed

SHARED: Final = ("ledger", "store")  # checkpoints and clock; texts by content
KEYS: Final = "keys"  # keys of persons, in a database of their own
MONITOR: Final = "gongkai_monitor"


def owner(schema: str) -> str:
    """The role that owns a schema and migrates it; nothing that answers requests has its password."""
    return f"{schema}_owner"


def writer(schema: str) -> str:
    """The role that a service works as."""
    return f"{schema}_writer"


KEY_ROLES: Final = (owner(KEYS), writer(KEYS))


def owners() -> tuple[str, ...]:
    return tuple(owner(schema) for schema in (*installed(), *SHARED))


def writers() -> tuple[str, ...]:
    return tuple(writer(service) for service in installed())


def roles() -> tuple[str, ...]:
    """Every role with a password."""
    return (*owners(), *writers(), *KEY_ROLES, MONITOR)


def members() -> Mapping[str, frozenset[str]]:
    """What the migrations grant rights to: group roles that nobody signs in as, and who is a member of which.

    Every service follows logs (`subscriber`) and may have its views rebuilt (`rebuilder`, its owner); the monitor reads
    all but accounts and keys. The rest is what each service declares (`database_roles`, `owner_roles`): texts hold
    drafts, so the portal reads what was released and nothing else; logs hold names, so it reads none but publishing's,
    which that service's own migration opens to it.
    """
    found: dict[str, set[str]] = {
        "subscriber": set(writers()),
        "log_reader": {MONITOR},
        "store_writer": set(),
        "store_reader": {MONITOR},
        "store_releaser": set(),
        "public_reader": {MONITOR},
        "rebuilder": {owner(service) for service in installed()},
        "keys_user": {writer(KEYS)},
    }
    for name, service in installed().items():
        for role in service.database_roles:
            found[role].add(writer(name))
        for role in service.owner_roles:
            found[role].add(owner(name))
    return {role: frozenset(who) for role, who in found.items()}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One PostgreSQL cluster as its administrator sees it. Never printed: it holds every password."""

    admin_dsn: str
    passwords: Mapping[str, str]  # role -> password, for every one of roles()
    database: str = "gongkai"
    keys_database: str = "gongkai_keys"

    def __repr__(self) -> str:
        return f"Cluster({self.database})"

    def admin(self, database: str) -> str:
        """The administrator's DSN of another database of the cluster."""
        return _url(conninfo_to_dict(self.admin_dsn), database)

    def dsn(self, role: str) -> str:
        """The DSN of one of roles(), in the database where that role works."""
        database = self.keys_database if role in KEY_ROLES else self.database
        return _url(conninfo_to_dict(self.admin_dsn), database, role, self.passwords[role])


def _url(parts: Mapping[str, object], database: str, *login: str) -> str:
    """A `postgresql://` address, which asyncpg, psycopg and yoyo all read. `login`: user and password."""
    user, secret = login or (str(parts.get("user") or "postgres"), str(parts.get("password") or ""))
    who = quote(user, safe="") + (f":{quote(secret, safe='')}" if secret else "")
    host, port = str(parts.get("host") or "127.0.0.1"), parts.get("port") or 5432
    options = {name: str(value) for name, value in parts.items() if name.startswith("ssl")}
    if host.startswith("/"):  # a socket folder is no host name
        options["host"], host = host, ""
    elif ":" in host:
        host = f"[{host}]"
    return f"postgresql://{who}@{host}:{port}/{database}" + (f"?{urlencode(options)}" if options else "")
