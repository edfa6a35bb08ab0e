"""规则书: the law's values by jurisdiction and date. Adding a county is adding a file (GT-since)."""

from gongkai.rules.rulebooks.library import Library, UnknownRulebook, load, named, shipped
from gongkai.rules.rulebooks.overlay import Loosens
from gongkai.rules.rulebooks.rulebook import Rulebook
from gongkai.rules.rulebooks.values import (
    AttributeRule,
    ConsultationRule,
    PointsRule,
    Reading,
    TermRule,
    Value,
)
from gongkai.rules.term import Term

__all__ = [
    "AttributeRule",
    "ConsultationRule",
    "Library",
    "Loosens",
    "PointsRule",
    "Reading",
    "Rulebook",
    "Term",
    "TermRule",
    "UnknownRulebook",
    "Value",
    "load",
    "named",
    "shipped",
]
