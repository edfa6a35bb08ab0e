"""What makes the brokers of `run` ask who one is: two users with random passwords, and Kafka's own access lists.

`broker` is the brokers' and controllers' own user, `gongkai` an administrator. Both may do everything; whoever else
there is to be, the administrator makes.
"""

import json
import os
from pathlib import Path
from secrets import token_urlsafe

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


def properties(known: dict[str, str]) -> str:
    """What comes after the other properties; nothing where there are no passwords."""
    if not known:
        return ""
    return (
        (HERE / "secured.properties").read_text().format(broker=BROKER, admin=ADMIN, password=known[BROKER])
    )


def users(known: dict[str, str], folder: Path) -> list[str]:
    """Arguments of the tool that formats the storage: in a file, since others can read the arguments of a process."""
    if not known:
        return []
    told = folder / "users"
    scram = (f"SCRAM-SHA-512=[name={user},password={password}]" for user, password in known.items())
    write(told, "".join(f"--add-scram\n{each}\n" for each in scram))
    return [f"@{told}"]


def environment(known: dict[str, str]) -> dict[str, str]:
    """What a client is told: the settings that a service reads."""
    if not known:
        return {}
    return {
        "GONGKAI_KAFKA_PROTOCOL": "SASL_PLAINTEXT",
        "GONGKAI_KAFKA_MECHANISM": "SCRAM-SHA-512",
        "GONGKAI_KAFKA_USER": ADMIN,
        "GONGKAI_KAFKA_PASSWORD": known[ADMIN],
    }


def write(file: Path, text: str) -> None:
    """Open to us alone."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
