"""What can be wrong with a command, in the words that a person or an agency's system gets to read."""

from dataclasses import dataclass

from gongkai.contracts.clauses import ClauseId


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in both languages."""

    zh: str
    en: str


@dataclass(slots=True)
class Refused(Exception):
    """The rules forbid it (HTTP 409 or 422).

    `code` is stable and machine-readable (`document.no-attribute`); `clause` names the requirement;
    `field` is the JSON pointer of what to mend, where one field is to blame.
    """

    code: str
    clause: ClauseId
    says: Sentence
    field: str | None = None
    status: int = 422

    def __str__(self) -> str:
        return f"{self.code} ({self.clause}): {self.says.en}"


@dataclass(slots=True)
class BadInput(Exception):
    """The caller got the form wrong (HTTP 400, 404, 413, 415, 422)."""

    code: str
    says: Sentence
    field: str | None = None
    clause: ClauseId | None = None
    status: int = 422
    errors: tuple[dict[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.code} at {self.field}: {self.says.en}"
