"""Events gone wrong, by a seeded generator: wrong types, huge, deep, bad UTF-8, other units, replays, other times."""

import json
import random
import secrets
from collections.abc import Iterator
from typing import Any

from gongkai.contracts.ingress import ANSWERED, BATCH, DRAFTED, ONE, RECEIVED
from tests.integration.ingress.agency import applied, drafted, event

ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**40, "", " ", "x" * 3_000, "\0", "\u202e", "💥", "a\nb", [], {}, [[]], {"a": {}},
    ["finance"], {"$ref": "#"}, "../../etc/passwd", "'; DROP TABLE handed; --", "2025-02-30", "9999-12-31", "water",
    "finance", "0" * 64, "﷽" * 200,
]  # fmt: skip


class MutatedEvents:
    """`next_one` hands out a body, its media type and headers. What is sent again, was sent before by this very one."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.ids = [secrets.token_hex(8) for _ in range(50)]

    def bodies(self, count: int) -> Iterator[tuple[bytes, str, dict[str, str]]]:
        """So many; every tenth is one of the last fifty, said again."""
        last: list[tuple[bytes, str, dict[str, str]]] = []
        for _ in range(count):
            if last and self.dice.random() < 0.1:
                yield self.dice.choice(last)
                continue
            last = [*last[-49:], body := self.body()]
            yield body

    def body(self) -> tuple[bytes, str, dict[str, str]]:
        """One, with its media type and headers."""
        match self.dice.randrange(12):
            case 0:
                return self.garbled(), self.dice.choice((ONE, BATCH, "application/json")), {}
            case 1:
                depth = self.dice.choice((20, 300, 5_000, 200_000))
                return b'{"a":' * depth + b"1" + b"}" * depth, ONE, {}
            case 2:
                return self.binary()
            case 3:
                return _bytes([self.event() for _ in range(self.dice.randrange(6))]), BATCH, {}
            case _:
                return _bytes(self.event()), ONE, {}

    def event(self) -> Any:
        """An event with one to three things wrong with it, or none at all."""
        kind = self.dice.choice((DRAFTED, RECEIVED, ANSWERED))
        data = {
            DRAFTED: drafted,
            RECEIVED: applied,
            ANSWERED: lambda: {"application": "none", "kind": "disclosed", "text": "答复"},
        }[kind]()
        whole = event(data, kind, id=self.dice.choice((secrets.token_hex(8), self.dice.choice(self.ids))))
        for _ in range(self.dice.randrange(4)):
            whole = self.hurt(whole)
        return whole

    def hurt(self, whole: Any) -> Any:
        if not isinstance(whole, dict):
            return whole
        target = whole
        if self.dice.random() < 0.6 and isinstance(whole.get("data"), dict):
            target = whole["data"]
            inner = [v for v in target.values() if isinstance(v, dict)]
            if inner and self.dice.random() < 0.4:
                target = self.dice.choice(inner)
        match self.dice.randrange(7):
            case 0 if target:
                del target[self.dice.choice(list(target))]
            case 1 if target:
                target[self.dice.choice(list(target))] = self.dice.choice(ODD)
            case 2:
                target[self.dice.choice(("x", "Größe", "a" * 300, "\0", "cause"))] = self.dice.choice(ODD)
            case 3:
                whole["time"] = self.dice.choice(
                    ("2999-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "now", 7)
                )
            case 4 if isinstance(whole.get("data"), dict):
                whole["data"]["unit"] = self.dice.choice(("water", "nobody", "FINANCE", "finance "))
            case 5:
                deep: Any = 1
                for _ in range(self.dice.choice((3, 17, 100))):
                    deep = {"d": deep} if self.dice.random() < 0.5 else [deep]
                target["deep"] = deep
            case _:
                target["text"] = self.dice.choice("字a\t") * self.dice.choice((1, 12_000, 300_000))
        return whole

    def garbled(self) -> bytes:
        body = bytearray(_bytes(self.event()))
        for _ in range(self.dice.randrange(1, 6)):
            at = self.dice.randrange(len(body))
            body[at : at + self.dice.randrange(3)] = self.dice.randbytes(self.dice.randrange(3))
        return bytes(body)

    def binary(self) -> tuple[bytes, str, dict[str, str]]:
        whole = self.event()
        headers = {"ce-specversion": "1.0", "ce-id": "%C3%A9%FF", "ce-source": "/oa", "ce-type": DRAFTED}
        for name in ("id", "type", "time"):
            value = str(whole.get(name, "")) if isinstance(whole, dict) else ""
            if value.isascii() and value.isprintable() and self.dice.random() < 0.8:
                headers[f"ce-{name}"] = value
        data = whole.get("data") if isinstance(whole, dict) else whole
        return _bytes(data), self.dice.choice(("application/json", "text/plain")), headers


def _bytes(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")
