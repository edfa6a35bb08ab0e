"""WHERE clauses put together from what is asked for: every value is a parameter."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Where:
    """`where.need("unit = {}", unit)`; `str(where)` is the condition, `where.values` its parameters."""

    values: list[Any] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)

    def mark(self, value: Any) -> str:
        """The placeholder of one more parameter."""
        self.values.append(value)
        return f"${len(self.values)}"

    def need(self, condition: str, *values: Any) -> None:
        self._parts.append("(" + condition.format(*(self.mark(v) for v in values)) + ")")

    def __str__(self) -> str:
        return " AND ".join(self._parts) or "true"
