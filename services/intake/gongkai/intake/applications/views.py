"""受理's own projections: from the receipt that an applicant quotes to the application (进度查询), and from a person's id
to his or her applications (个人信息删除).
"""

from collections.abc import Sequence

from gongkai.contracts.events import ApplicantErased, ApplicationAnswered, ApplicationReceived, decode, only
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection

_OF_APPLICANTS = {kind.NAME for kind in (ApplicationReceived, ApplicationAnswered, ApplicantErased)}


class Receipts:
    name = "intake.receipt"
    tables = ("receipt",)

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        rows = [
            (event.receipt, event.application, event.code_digest)
            for what in batch
            if (event := only(what.record, ApplicationReceived)) is not None
        ]
        if rows:
            await conn.executemany("INSERT INTO receipt VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", rows)


class Applicants:
    name = "intake.applicant"
    tables = ("applicant", "erased")

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        received, answered, erased = [], [], []
        for what in batch:
            if what.record.name not in _OF_APPLICANTS:
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
