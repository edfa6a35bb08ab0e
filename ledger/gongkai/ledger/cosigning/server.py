"""The witness process: an HTTP server with a folder of its own for its key and database (C2SP tlog-witness).

Everything is imported before the process gives up root, since its own user may not be able to read the code. For the
same reason the server is the standard library's, which imports little at run time.
"""

import encodings.idna  # noqa: F401 - the server would import it when it can no longer read it
import json
import os
import pwd
import signal
import sys
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from gongkai.ledger.cosigning.witness import CosignResponse, Witness
from gongkai.ledger.note import COSIGNATURE, BadKey, Signer, Verifier

MOST_BYTES: Final = 64 * 1024  # of a request
REQUEST_TIMEOUT: Final = 10  # seconds until a client that sends nothing is disconnected

KEY: Final = "witness.key"
VKEY: Final = "witness.vkey"
DATABASE: Final = "witness.sqlite"
LOGS: Final = "logs.vkeys"


@dataclass(frozen=True, slots=True)
class Folder:
    """The witness's files: its private key, its database, and the verifier keys of the logs whose checkpoints it cosigns."""

    path: Path

    def signer(self, name: str) -> Signer:
        """The witness's key, generated at the first start. Its verifier key is written to a file next to it."""
        file = self.path / KEY
        if not file.exists():
            half = file.with_suffix(".new")
            half.unlink(missing_ok=True)
            with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(Signer.generate(name, COSIGNATURE).secret() + "\n")
                out.flush()
                os.fsync(out.fileno())
            half.replace(file)
        signer = Signer.parse(file.read_text())
        (self.path / VKEY).write_text(f"{signer.verifier}\n")
        return signer

    def logs(self) -> list[Verifier]:
        """Read from the file at each call, so that a log's new key needs no restart."""
        file = self.path / LOGS
        return [Verifier.parse(line) for line in file.read_text().split()] if file.exists() else []

    def open(self, name: str) -> Witness:
        return Witness(self.path / DATABASE, self.signer(name), self.logs)


def log_event(event: str, **more: Any) -> None:
    """Write one JSON line to stderr, in the same form as the services' logs."""
    line = {
        "service": "witness",
        "event": event,
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    print(json.dumps(line | more, ensure_ascii=False), file=sys.stderr, flush=True)


def server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server that is bound to its port; it answers once `serve_forever` is called."""

    class RequestHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = REQUEST_TIMEOUT

        def do_GET(self) -> None:
            where = self.path.strip("/")
            if where == "vkey":
                self._respond(CosignResponse(200, f"{witness.signer.verifier}\n"))
            else:
                origin, _, rest = where.partition("/")
                known = rest == "checkpoint"
                self._respond(witness.checkpoint(origin) if known else CosignResponse(404, "not found\n"))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
                self.close_connection = True  # the body is not read
                self._respond(CosignResponse(413, "too large, or of unknown length\n"))
                return
            body = self.rfile.read(int(length))
            if self.path != "/add-checkpoint":
                self._respond(CosignResponse(404, "not found\n"))
                return
            try:
                response = witness.add_checkpoint(body.decode())
            except UnicodeDecodeError:
                response = CosignResponse(400, "not UTF-8\n")
            except BadKey as error:
                response = CosignResponse(500, f"{error}\n")
            if response.status not in (200, 409):
                log_event("refused", status=response.status, reason=response.body.strip())
            self._respond(response)

        def _respond(self, response: CosignResponse) -> None:
            body = response.body.encode()
            self.send_response(response.status)
            self.send_header("Content-Type", response.media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """No access log; refused requests are logged in `do_POST`."""

        def version_string(self) -> str:
            return "gongkai"

    class Server(ThreadingHTTPServer):
        def server_bind(self) -> None:
            """As the base class, without its reverse DNS lookup of `host`."""
            self.socket.bind(self.server_address)
            self.server_name, self.server_port = host, self.socket.getsockname()[1]

        def handle_error(self, *_: object) -> None:
            """Log it in one line. Mostly a client closed its connection; other requests are not affected."""
            log_event("request failed", reason=repr(sys.exception()))

    Server.allow_reuse_address = True
    return Server((host, port), RequestHandler)


def drop_privileges(user: str) -> None:
    """Change from root to this system user, irrevocably. Raises KeyError for an unknown user."""
    known = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(known.pw_gid)
    os.setuid(known.pw_uid)


def serve(folder: Path, name: str, host: str, port: int, user: str | None = None) -> None:
    """Run the witness process until SIGTERM. `name`: of its key; `user`: the system user to change to, for a start as root."""
    signal.signal(signal.SIGTERM, _exit)
    if user is not None:
        drop_privileges(user)
    witness = Folder(folder).open(name)
    listening = server(witness, host, port)
    log_event("ready", name=witness.signer.name, port=listening.server_port)
    try:
        listening.serve_forever()
    finally:
        listening.server_close()
        witness.close()


def _exit(*_: object) -> None:
    raise SystemExit(0)
