"""不予办理的答复: the problem document (RFC 9457) that every refusal is told in, over HTTP and on Kafka alike."""

from pydantic import BaseModel, Field


class Fault(BaseModel):
    """One field that isn't of the form required."""

    field: str = Field(description="字段位置（JSON Pointer） · JSON pointer of the field")
    code: str
    says: str


class Problem(BaseModel):
    """What was wrong (RFC 9457): a stable code, the clause behind it, the field to mend, a sentence in both languages."""

    type: str = Field(description="urn:gongkai:problem:<code>")
    title: str = Field(description="中文说明 · the sentence in Chinese")
    title_en: str = Field(description="英文说明 · the sentence in English")
    status: int
    code: str = Field(description="稳定的机器代码 · stable, for machines")
    clause: str | None = Field(description="依据的条款 · the clause that asks for it")
    field: str | None = Field(description="应更正的字段（JSON Pointer） · JSON pointer of what to mend")
    errors: list[Fault] | None = Field(None, description="逐个字段的错误 · every field that is wrong")
