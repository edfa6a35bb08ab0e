"""What a release is refused with: code, clause, one sentence in both languages."""

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.events import Missing


def unknown_document() -> BadInput:
    return BadInput("document.unknown", Sentence("没有这份文件。", "No such document."), status=404)


def not_permitted(first: Missing) -> Refused:
    """The first of what review found missing."""
    return Refused(first.code, first.clause, Sentence(first.zh, first.en), field="/digest", status=409)


def replaced(clause: ClauseId) -> Refused:
    says = Sentence(
        "要发布的不是最新一稿，请发布最新一稿。", "This isn't the newest version: publish that one."
    )
    return Refused("publication.other-version", clause, says, field="/digest", status=409)


def permit_expired(clause: ClauseId) -> Refused:
    says = Sentence(
        "准予发布的时限已过，未能发布；请再次发布。",
        "The permit expired before the release was done. Publish again.",
    )
    return Refused("publication.permit-expired", clause, says, status=409)
