"""The bodies of requests and responses about sign-offs."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from gongkai.contracts.events import Digest, Id, InputText

# A case is named by its owner's stream.
Case = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,119}$")]


class Signature(BaseModel):
    """A signer's word on exactly what he read: subject and digest say what that was."""

    model_config = ConfigDict(extra="forbid")

    subject: Id
    digest: Digest
    decision: Literal["give", "return"]
    opinion: InputText = ""


class SignedStep(BaseModel):
    """One step: whose, and what was said; nothing while it waits or was never reached."""

    step: str
    zh: str
    en: str
    unit: str
    decision: Literal["give", "return"] | None
    opinion: str | None
    by: str | None
    at: datetime | None


class SignOffShown(BaseModel):
    """The newest sign-off of a case. While it waits, `waits_for` has had it since `since`."""

    case: str
    subject: str
    digest: Digest
    unit: str
    clause: str
    proposed_by: str
    opened_at: datetime
    state: Literal["waiting", "completed", "returned", "voided"]
    waits_for: str | None
    since: datetime | None
    steps: list[SignedStep]
