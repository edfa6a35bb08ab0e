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


@dataclass(slots=True)
class UnknownVersion(LookupError):
    """A record that this program can't read: another program wrote it. It halts who reads it; nobody guesses."""

    type: str

    @property
    def says(self) -> Sentence:
        return Sentence(
            f"不认识的事件类型 {self.type}：多半由更新版本的程序写入。请先升级本程序，处理将从此处继续。",
            f"Unknown type of event {self.type}: a newer program wrote it. Upgrade this one; it goes on from here.",
        )

    def __str__(self) -> str:
        return f"{self.says.zh} / {self.says.en}"

    def __repr__(self) -> str:
        return f"UnknownVersion: {self}"


class UserError(Exception):
    """What a person at the terminal can put right, said in both languages: the command ends with exit code 1 and this
    message, without a stack trace."""
