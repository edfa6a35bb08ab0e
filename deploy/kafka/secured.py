"""What makes the brokers of `run` ask who one is: TLS, two users with random passwords, and Kafka's own access lists.

`broker` is the brokers' and controllers' own user, `gongkai` an administrator. Both may do everything; whoever else
there is to be, the administrator makes. One certificate for all brokers, made at the first start, vouches for itself.
"""
# ruff: noqa: S603 (it runs keytool)

import json
import os
import subprocess
from pathlib import Path
from secrets import token_urlsafe

from jars import Failure, java

HERE = Path(__file__).resolve().parent
BROKER, ADMIN = "broker", "gongkai"


def passwords(folder: Path) -> dict[str, str]:
    """By user. Kafka knows them from the first start on, so they stay with its data."""
    kept = folder / "passwords.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write(kept, json.dumps({user: token_urlsafe(24) for user in (BROKER, ADMIN)}))
    known: dict[str, str] = json.loads(kept.read_text())
    return known


def properties(known: dict[str, str], folder: Path) -> str:
    """What comes after the other properties; nothing where there are no passwords."""
    if not known:
        return ""
    asked = {"broker": BROKER, "admin": ADMIN, "password": known[BROKER]}
    return (HERE / "secured.properties").read_text().format(keys=keys(folder), ca=ca(folder), **asked)


def certify(known: dict[str, str], folder: Path) -> None:
    """The brokers' key and certificate, and the certificate again as what a client trusts. Kept from start to start."""
    if not known or ca(folder).exists():
        return
    keys(folder).unlink(missing_ok=True)
    store = [
        "-keystore",
        str(keys(folder)),
        "-storetype",
        "PKCS12",
        "-storepass:env",
        "STORE",
        "-alias",
        "broker",
    ]
    named = ["-dname", "CN=gongkai-kafka", "-ext", "san=ip:127.0.0.1,dns:localhost", "-ext", "bc:c=ca:true"]
    _keytool(
        known, "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "3650", *named, *store
    )
    write(ca(folder), _keytool(known, "-exportcert", "-rfc", *store))


def _keytool(known: dict[str, str], *arguments: str) -> str:
    command = [str(Path(java()).resolve().with_name("keytool")), *arguments]
    said = subprocess.run(
        command, env={**os.environ, "STORE": known[BROKER]}, capture_output=True, text=True, check=False
    )
    if said.returncode:
        raise Failure(f"制作证书失败。Making the certificate failed:\n{said.stdout}{said.stderr}")
    return said.stdout


def keys(folder: Path) -> Path:
    return folder / "broker.p12"


def ca(folder: Path) -> Path:
    return folder / "ca.pem"


def users(known: dict[str, str], folder: Path) -> list[str]:
    """Arguments of the tool that formats the storage: in a file, since others can read the arguments of a process."""
    if not known:
        return []
    told = folder / "users"
    scram = (f"SCRAM-SHA-512=[name={user},password={password}]" for user, password in known.items())
    write(told, "".join(f"--add-scram\n{each}\n" for each in scram))
    return [f"@{told}"]


def environment(known: dict[str, str], folder: Path) -> dict[str, str]:
    """What a client is told: the settings that a service reads."""
    if not known:
        return {}
    return {
        "GONGKAI_KAFKA_PROTOCOL": "SASL_SSL",
        "GONGKAI_KAFKA_CA": str(ca(folder)),
        "GONGKAI_KAFKA_MECHANISM": "SCRAM-SHA-512",
        "GONGKAI_KAFKA_USER": ADMIN,
        "GONGKAI_KAFKA_PASSWORD": known[ADMIN],
    }


def write(file: Path, text: str) -> None:
    """Open to us alone."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
