"""Signed notes of C2SP (signed-note, tlog-cosignature): text, a blank line, signatures.

Keys are written in the form of golang.org/x/mod/sumdb/note: `name+id+base64` to verify, `PRIVATE+KEY+name+id+base64` to sign.
One file holds one key a line.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NOTE: Final = 1  # kind of key: signs the text itself
COSIGNATURE: Final = 4  # signs a moment and the text: `cosignature/v1`
MOST_SIGNATURES: Final = 100
MOST_BYTES: Final = 1_000_000

_PRIVATE: Final = "PRIVATE+KEY+"
_DASH: Final = "— "


class BadNote(ValueError):
    """Not a signed note, or a signature that must hold and doesn't."""


class BadKey(ValueError):
    """Not a key of the form wanted here."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note. `raw` is what follows the key's id: for a cosignature 8 bytes of time come first."""

    name: str
    key_id: bytes
    raw: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.raw).decode()}\n"

    @property
    def time(self) -> int:
        """When a cosignature was given, in seconds since 1970."""
        return int.from_bytes(self.raw[:8])


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends with a newline, and is all that the signatures cover."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"

    def plus(self, more: Iterable[Signature]) -> "Note":
        """The note with these signatures added, without duplicates."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def check_name(name: str) -> str:
    """Return the name. Raises BadKey for one that a signature line couldn't hold."""
    if not name or "+" in name or any(c.isspace() or ord(c) < 0x20 for c in name):
        raise BadKey(f"not a key's name: {name!r}")
    return name


@dataclass(frozen=True)
class Verifier:
    """A public key with its name. `str()` is the verifier key to be distributed out of band."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Raises BadKey."""
        found = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)", vkey.strip())
        if found is None:
            raise BadKey(f"not a verifier key: {vkey!r}")
        kind, public = _key_bytes(found[3])
        key = cls(check_name(found[1]), kind, public)
        if key.key_id.hex() != found[2]:
            raise BadKey(f"the key's id isn't that of its name and bytes: {vkey!r}")
        return key

    @cached_property
    def key_id(self) -> bytes:
        return _key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    def verifies(self, text: str, signature: Signature) -> bool:
        message, raw = text.encode(), signature.raw
        if self.kind == COSIGNATURE:
            if len(raw) != 72 or signature.time >= 1 << 63:
                return False
            message, raw = _timed(text, signature.time), raw[8:]
        try:
            self._key.verify(raw, message)
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public)


@dataclass(frozen=True)
class Signer:
    """A private key with its name. Its `repr` shows nothing secret; `secret()` is what its file holds."""

    name: str
    kind: int
    seed: bytes

    def __repr__(self) -> str:
        return f"Signer({self.name})"

    @classmethod
    def generate(cls, name: str, kind: int = NOTE) -> "Signer":
        return cls(check_name(name), kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, secret: str) -> "Signer":
        """Raises BadKey, which never repeats what it was given."""
        found = re.fullmatch(r"PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)", secret.strip())
        if found is None:
            raise BadKey("not a signer's key")
        kind, seed = _key_bytes(found[3])
        key = cls(check_name(found[1]), kind, seed)
        if key.verifier.key_id.hex() != found[2]:
            raise BadKey(f"the id of the signer's key {key.name} isn't its own")
        return key

    def secret(self) -> str:
        coded = b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{coded}"

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.kind, self._key.public_key().public_bytes_raw())

    def sign(self, text: str, time: int = 0) -> Signature:
        """`time` is for cosignatures: the moment in seconds since 1970."""
        if self.kind == COSIGNATURE:
            if not 0 < time < 1 << 63:
                raise ValueError("a cosignature needs its time")
            raw = time.to_bytes(8) + self._key.sign(_timed(text, time))
        else:
            raw = self._key.sign(text.encode())
        return Signature(self.name, self.verifier.key_id, raw)

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def _key_bytes(coded: str) -> tuple[int, bytes]:
    raw = decode64(coded)
    if raw is None or len(raw) != 33 or raw[0] not in (NOTE, COSIGNATURE):
        raise BadKey("not an Ed25519 key of a kind known here")
    return raw[0], raw[1:]


def _timed(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def decode64(coded: str) -> bytes | None:
    """Decode base64 strictly: None unless it encodes to the same text again."""
    try:
        raw = b64decode(coded, validate=True)
    except (NotBase64, ValueError):
        return None
    return raw if b64encode(raw).decode() == coded else None


def sign(text: str, signers: Sequence[Signer]) -> Note:
    """Sign a text that ends with a newline."""
    if not text.endswith("\n") or any(ord(c) < 0x20 and c != "\n" for c in text):
        raise BadNote("a note's text ends with a newline and has no other control characters")
    return Note(text, tuple(signer.sign(text) for signer in signers))


def parse(raw: str) -> Note:
    """Parse a note without verifying it. Raises BadNote."""
    if len(raw) > MOST_BYTES or any(ord(c) < 0x20 and c != "\n" for c in raw):
        raise BadNote("too long, or with control characters")
    text, blank, under = raw.rpartition("\n\n")
    if not blank or not under.endswith("\n"):
        raise BadNote("no text and signatures with a blank line between them")
    return Note(f"{text}\n", parse_signatures(under))


def parse_signatures(under: str) -> tuple[Signature, ...]:
    """Signature lines, each with its newline. Raises BadNote."""
    lines = under.split("\n")[:-1]
    if len(lines) > MOST_SIGNATURES:
        raise BadNote("too many signatures")
    return tuple(_signature(line) for line in lines)


def _signature(line: str) -> Signature:
    name, _, coded = line.removeprefix(_DASH).partition(" ")
    raw = decode64(coded)
    if not line.startswith(_DASH) or raw is None or len(raw) < 5:
        raise BadNote(f"not a signature line: {line!r}")
    try:
        return Signature(check_name(name), raw[:4], raw[4:])
    except BadKey as error:
        raise BadNote(str(error)) from None


def verified(note: Note, keys: Iterable[Verifier]) -> list[tuple[Verifier, Signature]]:
    """The signatures by known keys; those by unknown keys are ignored. Raises BadNote when a known key's doesn't verify."""
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[tuple[str, bytes], tuple[Verifier, Signature]] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.verifies(note.text, signature):
            raise BadNote(f"the signature of {signature.name} doesn't hold")
        found.setdefault((key.name, key.key_id), (key, signature))
    return list(found.values())
