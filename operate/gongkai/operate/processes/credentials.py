"""Passwords, token keys and log keys of a deployment on one machine: made once, readable by its owner alone.

Each service has a folder of its own with the public keys of both issuers; the private key of an issuer lies
only in the folder of the one service that issues, and the private key of a log only with the service that owns
it (等保: only what is needed).
"""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from joserfc.jwk import OKPKey

from gongkai.ledger.keyfile import KeyFile, new_key_file
from gongkai.ledger.note import check_name
from gongkai.operate.databases.cluster import Cluster, roles
from gongkai.operate.services import installed, installed_logs
from gongkai.runtime.identity import ISSUERS

ADMIN: Final = "postgres"  # the embedded server's administrator, among the passwords


class Credentials:
    """What lies in `folder` (DATA/secrets)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make what is missing, change nothing that exists."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = self._read_passwords()
        missing = [role for role in (ADMIN, *roles()) if role not in known]
        if missing:
            known |= {role: secrets.token_urlsafe(24) for role in missing}
            write_secret(self._passwords_file, json.dumps(known, indent=1) + "\n")
        for issuer in ISSUERS:
            self._make_keys(issuer)
        self._make_log_keys()

    def passwords(self) -> dict[str, str]:
        """Role -> password. Raises FileNotFoundError where nothing was ever started."""
        return dict(json.loads(self._passwords_file.read_text()))

    def token_keys(self, service: str) -> Path:
        """The folder of keys that a service gets to see."""
        return self.folder / "tokens" / service

    def cluster(self, ports: Mapping[str, int]) -> Cluster:
        """The PostgreSQL of this deployment: an outside one if it was ever named, else the embedded one."""
        passwords = self.passwords()
        embedded = f"postgresql://{ADMIN}:{passwords[ADMIN]}@127.0.0.1:{ports['postgres']}/postgres"
        return Cluster(self.outside_postgres() or embedded, passwords)

    # An outside PostgreSQL, once named, is this deployment's: a start that forgets to name it finds it again.

    def outside_postgres(self) -> str | None:
        file = self.folder / "postgres.dsn"
        return file.read_text().strip() if file.exists() else None

    def remember_postgres(self, dsn: str) -> None:
        write_secret(self.folder / "postgres.dsn", dsn + "\n")

    # What the logs sign with. Their origin, once chosen, stays: it is what others know them by.

    def origin(self) -> str:
        """What the names of all logs of this deployment begin with."""
        return (self.folder / "origin").read_text().strip()

    def log_keys(self, service: str) -> Path:
        """The folder with the keys of a service's own logs, <log>.key each."""
        return self.folder / "logs" / service

    def log_vkeys(self) -> dict[str, list[str]]:
        """Log -> its verifier keys, the present one first."""
        files = sorted((self.folder / "logs").glob("*/*.key"))
        return {file.stem: KeyFile(file).vkeys() for file in files}

    def witness_vkey(self) -> str | None:
        """The key of the witness that runs beside the logs, as it was first seen."""
        file = self.folder / "witness.vkey"
        return file.read_text().strip() if file.exists() else None

    def remember_witness(self, vkey: str) -> None:
        write_secret(self.folder / "witness.vkey", vkey + "\n")

    def _make_log_keys(self) -> None:
        file = self.folder / "origin"
        if not file.exists():
            chosen = os.environ.get("GONGKAI_ORIGIN") or f"gongkai-{secrets.token_hex(4)}.internal"
            write_secret(file, check_name(chosen) + "\n")
        for log in installed_logs().values():
            key = self.log_keys(log.schema) / f"{log.name}.key"
            if not key.exists():
                write_secret(key, new_key_file(f"{self.origin()}/log/{log.name}"))

    @property
    def _passwords_file(self) -> Path:
        return self.folder / "passwords.json"

    def _read_passwords(self) -> dict[str, str]:
        return self.passwords() if self._passwords_file.exists() else {}

    def _make_keys(self, issuer: str) -> None:
        private_file = self.token_keys(issuer) / f"{issuer}.private.jwk"
        if private_file.exists():
            key = OKPKey.import_key(json.loads(private_file.read_text()))
        else:
            key = OKPKey.generate_key("Ed25519", auto_kid=True)
            write_secret(private_file, json.dumps(key.as_dict(private=True)) + "\n")
        public = json.dumps(key.as_dict(private=False)) + "\n"
        for service in installed():
            file = self.token_keys(service) / f"{issuer}.public.jwk"
            if not file.exists() or file.read_text() != public:
                write_secret(file, public)


def write_secret(file: Path, content: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.new")
    half.unlink(missing_ok=True)
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)
