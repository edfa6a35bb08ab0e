"""The witness's process: HTTP on loopback, a folder of its own, and nothing of the rest of the house.

Plain modules of the standard library, all imported before the process gives up root: afterwards it may not even be
able to read the code.
"""

import encodings.idna  # noqa: F401 - the server would import it when it can no longer read it
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from gongkai.ledger.cosigning.witness import Answer, Witness
from gongkai.ledger.note import COSIGNATURE, BadKey, Signer, Verifier

MOST_BYTES: Final = 64 * 1024  # of a request
PATIENCE: Final = 10  # seconds for a client to say something

KEY: Final = "witness.key"
VKEY: Final = "witness.vkey"
DATABASE: Final = "witness.sqlite"
LOGS: Final = "logs.vkeys"


@dataclass(frozen=True, slots=True)
class Folder:
    """What the witness has: its key, its database, and the verifier keys of the logs that it was told to watch."""

    path: Path

    def signer(self, name: str) -> Signer:
        """Its key, made at the first start. The verifier key lies beside it for whoever may read this folder."""
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
        """Read anew each time, so that a log's new key needs no restart."""
        file = self.path / LOGS
        return [Verifier.parse(line) for line in file.read_text().split()] if file.exists() else []

    def open(self, name: str) -> Witness:
        return Witness(self.path / DATABASE, self.signer(name), self.logs)


def say(event: str, **more: Any) -> None:
    """A line of the log, as the services write theirs."""
    line = {
        "service": "witness",
        "event": event,
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    print(json.dumps(line | more, ensure_ascii=False), file=sys.stderr, flush=True)


def server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """Listening, not yet answering: call `serve_forever`."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = PATIENCE

        def do_GET(self) -> None:
            where = self.path.strip("/")
            if where == "vkey":
                self._answer(Answer(200, f"{witness.signer.verifier}\n"))
            else:
                origin, _, rest = where.partition("/")
                known = rest == "checkpoint"
                self._answer(witness.checkpoint(origin) if known else Answer(404, "not found\n"))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
                self.close_connection = True  # what it goes on to send is not read
                self._answer(Answer(413, "too large, or of unknown length\n"))
                return
            body = self.rfile.read(int(length))
            if self.path != "/add-checkpoint":
                self._answer(Answer(404, "not found\n"))
                return
            try:
                answer = witness.add_checkpoint(body.decode())
            except UnicodeDecodeError:
                answer = Answer(400, "not UTF-8\n")
            except BadKey as error:
                answer = Answer(500, f"{error}\n")
            if answer.status not in (200, 409):
                say("refused", status=answer.status, reason=answer.body.strip())
            self._answer(answer)

        def _answer(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Who asks is nobody's business; refusals are said above."""

        def version_string(self) -> str:
            return "gongkai"

    class Plain(ThreadingHTTPServer):
        def server_bind(self) -> None:
            """Without asking the name service who we are."""
            self.socket.bind(self.server_address)
            self.server_name, self.server_port = host, self.socket.getsockname()[1]

        def handle_error(self, *_: object) -> None:
            """One client's trouble, a broken connection for the most part, is not the next one's."""
            say("request failed", reason=repr(sys.exception()))

    Plain.allow_reuse_address = True
    return Plain((host, port), Door)


def become(user: int, group: int) -> None:
    """Give up root, for good."""
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def serve(
    folder: Path, name: str, host: str, port: int, become_first: Callable[[], None] = lambda: None
) -> None:
    """Until SIGTERM."""
    become_first()
    witness = Folder(folder).open(name)
    listening = server(witness, host, port)
    say("ready", name=witness.signer.name, port=listening.server_port)
    try:
        listening.serve_forever()
    finally:
        listening.server_close()
        witness.close()
