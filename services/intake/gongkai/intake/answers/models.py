"""The bodies of requests and responses about answers."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from gongkai.contracts.events import Digest, Id, InputText
from gongkai.contracts.vocabulary import AnswerKind
from gongkai.runtime.commands import Done


class AnswerTaken(Done):
    """What became of an answer: an officer's is proposed, and waits for its sign-off under the id `proposal`; an agency's
    system reports what was sent, so that it is answered."""

    state: Literal["proposed", "answered"] = "answered"
    proposal: str | None = None


class Withdrawal(BaseModel):
    """The proposal that is taken back; without it the current one."""

    model_config = ConfigDict(extra="forbid")

    proposal: Id | None = None
    reason: InputText = ""


class ProposedAnswer(BaseModel):
    """An answer as it is to go out, for those who sign it. `text` is null once the applicant was erased."""

    application: str
    proposal: str
    digest: Digest
    kind: AnswerKind
    grounds: tuple[str, ...]
    text: str | None
    proposed_by: str
    proposed_at: datetime
