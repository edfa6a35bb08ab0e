"""`python -m gongkai.ledger.cosigning`: run the witness process; needs no other part of Gongkai than the ledger."""

from argparse import ArgumentParser
from pathlib import Path

from gongkai.ledger.cosigning.server import serve


def arguments() -> ArgumentParser:
    parser = ArgumentParser("python -m gongkai.ledger.cosigning", description="C2SP tlog-witness")
    parser.add_argument("--folder", type=Path, required=True, help="its key, its database, the logs' keys")
    parser.add_argument("--name", required=True, help="of its key, such as witness.example.org/w1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--user", help="system user to change to, when started by root")
    return parser


if __name__ == "__main__":
    serve(**vars(arguments().parse_args()))
