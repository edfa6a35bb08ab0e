"""Databases, schemas, roles and who may connect where: what must exist before the first migration.

Safe to run again: it creates what is missing and sets passwords and rights to what they should be.
Rights on tables are not here but beside the tables, in the migrations.
"""

from collections.abc import Iterable
from typing import LiteralString

import psycopg
from psycopg import sql

from gongkai.operate.databases.cluster import (
    KEY_ROLES,
    KEYS,
    MONITOR,
    SHARED,
    Cluster,
    members,
    owner,
    owners,
    roles,
    writer,
    writers,
)
from gongkai.operate.services import installed


def bootstrap(cluster: Cluster) -> None:
    """Make the cluster ready for `migrate`. Needs an administrator who may create databases and roles."""
    with psycopg.connect(cluster.admin_dsn, autocommit=True) as conn:
        for role in roles():
            _role(conn, role, cluster.passwords[role])
        for group, who in members().items():
            _group(conn, group, who)
    databases(cluster)


def databases(cluster: Cluster) -> None:
    """The part of `bootstrap` that is about the two databases, where all roles are there."""
    with psycopg.connect(cluster.admin_dsn, autocommit=True) as conn:
        if conn.info.parameter_status("is_superuser") != "on":
            for role in (*owners(), owner(KEYS)):  # else it could not hand a schema to its owner
                _run(conn, "GRANT {} TO CURRENT_USER", role)
        for database in (cluster.database, cluster.keys_database):
            _database(conn, database)
        main = (*owners(), *writers(), MONITOR)
        _connect_rights(conn, cluster.database, main)
        _connect_rights(conn, cluster.keys_database, KEY_ROLES)
        for role in owners():  # a view is built again in a schema beside the live one's
            _run(conn, "GRANT CREATE, TEMPORARY ON DATABASE {} TO {}", cluster.database, role)
        _run(conn, "GRANT TEMPORARY ON DATABASE {} TO {}", cluster.database, MONITOR)
        for schema in (*installed(), *SHARED):
            _search_path(conn, cluster.database, schema, owner(schema))
        for service in installed():
            _search_path(conn, cluster.database, service, writer(service))
        for role in KEY_ROLES:
            _search_path(conn, cluster.keys_database, KEYS, role)
    with psycopg.connect(cluster.admin(cluster.database), autocommit=True) as conn:
        for service in installed():
            _schema(conn, service, (writer(service), MONITOR))
        for schema in SHARED:
            _schema(conn, schema, (MONITOR,))
    with psycopg.connect(cluster.admin(cluster.keys_database), autocommit=True) as conn:
        _schema(conn, KEYS, (writer(KEYS),))


def _role(conn: psycopg.Connection, role: str, password: str) -> None:
    # The verifier is computed here, so that no server log ever sees the password.
    verifier = conn.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    exists = conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    verb = "ALTER" if exists else "CREATE"
    what = sql.SQL(verb + " ROLE {} LOGIN INHERIT NOCREATEDB NOCREATEROLE PASSWORD {}")
    conn.execute(what.format(sql.Identifier(role), sql.Literal(verifier)))


def _group(conn: psycopg.Connection, group: str, members: frozenset[str]) -> None:
    if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (group,)).fetchone() is None:
        _run(conn, "CREATE ROLE {} NOLOGIN", group)
    held = {
        name
        for (name,) in conn.execute(
            "SELECT m.rolname FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid "
            "JOIN pg_roles m ON m.oid = a.member WHERE g.rolname = %s",
            (group,),
        )
    }
    for role in members - held:
        _run(conn, "GRANT {} TO {}", group, role)
    for role in (held - members) & set(roles()):
        _run(conn, "REVOKE {} FROM {}", group, role)


def _database(conn: psycopg.Connection, database: str) -> None:
    if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone() is None:
        # Ordered by code point, the same on every machine, and yet a Chinese character counts as a letter
        # (in plain C it does not, and pg_trgm would not see it). The server's own C.UTF-8 exists since 17.
        provider = "builtin BUILTIN_LOCALE 'C.UTF-8'" if conn.info.server_version >= 170000 else "libc"
        create = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER "
        _run(conn, create + provider, database)


def _connect_rights(conn: psycopg.Connection, database: str, roles: Iterable[str]) -> None:
    _run(conn, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    for role in roles:
        _run(conn, "GRANT CONNECT ON DATABASE {} TO {}", database, role)


def _search_path(conn: psycopg.Connection, database: str, schema: str, role: str) -> None:
    _run(conn, "ALTER ROLE {} IN DATABASE {} SET search_path = {}", role, database, schema)


def _schema(conn: psycopg.Connection, schema: str, users: Iterable[str]) -> None:
    _run(conn, "REVOKE ALL ON SCHEMA {} FROM PUBLIC", "public")
    _run(conn, "CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}", schema, owner(schema))
    _run(conn, "REVOKE ALL ON SCHEMA {} FROM PUBLIC", schema)
    for user in users:
        _run(conn, "GRANT USAGE ON SCHEMA {} TO {}", schema, user)


def _run(conn: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    conn.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
