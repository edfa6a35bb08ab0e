"""规则书: the law's values by jurisdiction and date. Adding a county is adding a file (GT-since)."""

from gongkai.rules.rulebooks.choices import ApprovalRule, ChoiceRule, ExceptionRule, PathRule, Procedure
from gongkai.rules.rulebooks.library import Library, UnknownRulebook, load, named, shipped
from gongkai.rules.rulebooks.measures import CountRule, DayRule, GradesRule, LeastRule, SpanRule
from gongkai.rules.rulebooks.overlay import OverlayLoosensLaw
from gongkai.rules.rulebooks.questions import BODIES, QUESTIONS, SUBJECTS
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
    "BODIES",
    "QUESTIONS",
    "SUBJECTS",
    "ApprovalRule",
    "AttributeRule",
    "ChoiceRule",
    "ConsultationRule",
    "CountRule",
    "DayRule",
    "ExceptionRule",
    "GradesRule",
    "LeastRule",
    "Library",
    "OverlayLoosensLaw",
    "PathRule",
    "PointsRule",
    "Procedure",
    "Reading",
    "Rulebook",
    "SpanRule",
    "Term",
    "TermRule",
    "UnknownRulebook",
    "Value",
    "load",
    "named",
    "shipped",
]
