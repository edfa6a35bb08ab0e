"""The file with a log's keys: one per line, newest first; retired keys are kept as verifier keys.

To rotate a key: add a new one, and both sign; once every verifier has the new one, retire the old one. Its verifier key
stays, so that old checkpoints can still be verified.
"""

from dataclasses import dataclass
from pathlib import Path

from gongkai.ledger.note import BadKey, Signer, Verifier

_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Read from the file at each call, so that a changed key needs no restart."""

    path: Path

    def signers(self) -> tuple[Signer, ...]:
        """The signing keys, newest first. Raises BadKey when there is none, or for keys of different names."""
        return signers_in(self.path.read_text())

    def vkeys(self) -> list[str]:
        """All verifier keys, newest first, retired ones last."""
        return vkeys_in(self.path.read_text())

    @property
    def origin(self) -> str:
        """The log's public name, which is also that of its keys."""
        return self.signers()[0].name


def signers_in(content: str) -> tuple[Signer, ...]:
    found = tuple(Signer.parse(line) for line in content.split() if line.startswith(_PRIVATE))
    if not found or len({signer.name for signer in found}) > 1:
        raise BadKey("a log's key file holds keys of one name, and one of them private at least")
    return found


def vkeys_in(content: str) -> list[str]:
    retired = [Verifier.parse(line) for line in content.split() if not line.startswith(_PRIVATE)]
    return [str(key) for key in (*(signer.verifier for signer in signers_in(content)), *retired)]


def new_key_file(name: str) -> str:
    """The content of a key file with one new key."""
    return Signer.generate(name).secret() + "\n"


def rotated(content: str) -> str:
    """The content with a new key in front; the others go on signing."""
    name = Signer.parse(content.splitlines()[0]).name
    return new_key_file(name) + content


def retired(content: str) -> str:
    """The content with only the newest key signing; of the others the verifier keys are kept."""
    first, *others = content.splitlines()
    kept = [str(Signer.parse(key).verifier) if key.startswith(_PRIVATE) else key for key in others]
    return "".join(f"{line}\n" for line in (first, *kept))
