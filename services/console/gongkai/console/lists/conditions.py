"""WHERE clauses built from optional conditions; every value is a parameter."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Where:
    """`where.require("unit = {}", unit)`; `str(where)` is the condition, `where.values` its parameters."""

    values: list[Any] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)

    def placeholder(self, value: Any) -> str:
        """Add a parameter; its placeholder, as $3."""
        self.values.append(value)
        return f"${len(self.values)}"

    def require(self, condition: str, *values: Any) -> None:
        self._parts.append("(" + condition.format(*(self.placeholder(v) for v in values)) + ")")

    def __str__(self) -> str:
        return " AND ".join(self._parts) or "true"
