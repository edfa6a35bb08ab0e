"""Rights of the databases: each service sees its own schema, and keys are nobody's but intake's."""

import psycopg
import pytest

from gongkai.operate.databases.bootstrap import bootstrap
from gongkai.operate.databases.cluster import KEY_ROLES, MONITOR, Cluster, roles, writer
from gongkai.operate.databases.migrate import migrate
from gongkai.operate.services import installed


def test_every_role_can_sign_in_where_it_works(database: Cluster) -> None:
    for role in roles():
        with psycopg.connect(database.dsn(role)) as conn:
            assert conn.execute("SELECT current_user::text").fetchone() == (role,)


def test_twice_is_the_same_as_once(fresh_database: Cluster) -> None:
    bootstrap(fresh_database)
    assert migrate(fresh_database) == []


@pytest.mark.parametrize("role", [*map(writer, installed()), MONITOR])
def test_no_service_reaches_the_keys_database_by_its_own_role(database: Cluster, role: str) -> None:
    password = database.passwords[role]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(database.admin(database.keys_database), user=role, password=password)


@pytest.mark.parametrize("role", KEY_ROLES)
def test_the_keys_roles_reach_nothing_else(database: Cluster, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(database.admin(database.database), user=role, password=database.passwords[role])


def test_the_portal_sees_no_schema_of_others(database: Cluster) -> None:
    with psycopg.connect(database.dsn("portal_writer")) as conn:
        rows = conn.execute(
            "SELECT nspname FROM pg_namespace "
            "WHERE has_schema_privilege(oid, 'USAGE') AND nspname !~ '^(pg_|information_schema)'"
        ).fetchall()
    assert {name for (name,) in rows} == {"portal", "ledger", "publishing", "store"}


def test_a_wrong_password_is_refused(database: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(database.dsn("intake_writer"), password="wrong")


def test_an_administrator_who_may_make_databases_and_roles_is_enough(own_postgres: str) -> None:
    """Nobody gives out the superuser of a PostgreSQL that others run."""
    with psycopg.connect(own_postgres, autocommit=True) as conn:
        conn.execute("CREATE ROLE administrator LOGIN CREATEDB CREATEROLE PASSWORD 'secret'")
    admin_dsn = psycopg.conninfo.make_conninfo(own_postgres, user="administrator", password="secret")
    cluster = Cluster(admin_dsn, {role: f"{role}-password" for role in roles()})
    bootstrap(cluster)
    migrate(cluster)
    bootstrap(cluster)
    assert migrate(cluster) == []
    for role in roles():
        with psycopg.connect(cluster.dsn(role)) as conn:
            assert conn.execute("SELECT current_user::text").fetchone() == (role,)
