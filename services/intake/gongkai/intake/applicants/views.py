"""个人信息删除: the projection from a person's id to his or her applications, and of who was erased."""

from collections.abc import Sequence

from gongkai.contracts.events import ApplicantErased, ApplicationAnswered, ApplicationReceived, decode
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection

_FOLDED = {event.NAME for event in (ApplicationReceived, ApplicationAnswered, ApplicantErased)}


class Applicants:
    name = "intake.applicant"
    tables = ("applicant", "erased")
    version = 1

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        received, answered, erased = [], [], []
        for what in batch:
            if what.record.name not in _FOLDED:
                continue
            match decode(what.record):
                case ApplicationReceived() as event:
                    received.append((event.application, event.applicant.person))
                case ApplicationAnswered() as event:
                    answered.append((event.application,))
                case ApplicantErased() as event:
                    erased.append((event.person, what.record.id))
        if received:
            await conn.executemany(
                "INSERT INTO applicant (application, person) VALUES ($1, $2)"
                " ON CONFLICT (application) DO UPDATE SET person = excluded.person",
                received,
            )
        if answered:
            await conn.executemany(
                "INSERT INTO applicant (application, answered) VALUES ($1, true)"
                " ON CONFLICT (application) DO UPDATE SET answered = true",
                answered,
            )
        if erased:
            await conn.executemany("INSERT INTO erased VALUES ($1, $2) ON CONFLICT DO NOTHING", erased)
