"""What publishing's own log says of the release that a version was handed over for."""

from gongkai.contracts.events import DocumentPublished, EventRef, ReleaseClosed, decode
from gongkai.contracts.streams import publication_stream
from gongkai.intake.documents.aggregate import EndedRelease, State
from gongkai.ledger import read
from gongkai.ledger.read import Connection
from gongkai.runtime.topology import log_for


async def ended_release(conn: Connection, state: State) -> EndedRelease | None:
    """The release for which the newest version was handed over, if it has ended; None, too, where there is none."""
    if state is None or state.handed_over is None:
        return None
    release = state.handed_over.release
    stream = publication_stream(state.version.document)
    for entry in reversed(await read.stream(conn, log_for("publishing"), stream)):
        event = decode(entry.record)
        if isinstance(event, DocumentPublished | ReleaseClosed) and event.release == release:
            return EndedRelease(release, EventRef.of(entry.place.log, entry.record))
    return None
