"""政府信息的载体: in which media types information is taken in, stored and published (LS-2, CX-2)."""

import io
import zipfile
from dataclasses import dataclass

from gongkai.contracts.clauses import clause
from gongkai.contracts.vocabulary import Form

MIB = 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class MediaType:
    """One that is known. `most`: bytes. `begins`: the bytes at an offset, any of which its files have."""

    name: str
    form: Form
    ending: str
    most: int = 16 * MIB
    begins: tuple[tuple[int, bytes], ...] = ()
    member: str = ""  # of a packed file: what one of its parts is called at the beginning
    shown: bool = False  # a browser shows it in a page

    @property
    def is_text(self) -> bool:
        return self.form is Form.TEXT


_PACKED = ((0, b"PK\x03\x04"),)

KNOWN = (
    MediaType("text/plain", Form.TEXT, ".txt", 5 * MIB),
    MediaType("text/markdown", Form.TEXT, ".md", 5 * MIB),
    MediaType("image/png", Form.PICTURE, ".png", begins=((0, b"\x89PNG\r\n\x1a\n"),), shown=True),
    MediaType("image/jpeg", Form.PICTURE, ".jpg", begins=((0, b"\xff\xd8\xff"),), shown=True),
    MediaType("image/webp", Form.PICTURE, ".webp", begins=((8, b"WEBP"),), shown=True),
    MediaType(f"{_OFFICE}.spreadsheetml.sheet", Form.CHART, ".xlsx", begins=_PACKED, member="xl/"),
    MediaType(
        "audio/mpeg",
        Form.AUDIO,
        ".mp3",
        begins=((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
        shown=True,
    ),
    MediaType("audio/wav", Form.AUDIO, ".wav", begins=((8, b"WAVE"),), shown=True),
    MediaType("audio/ogg", Form.AUDIO, ".ogg", begins=((0, b"OggS"),), shown=True),
    MediaType("video/mp4", Form.VIDEO, ".mp4", begins=((4, b"ftyp"),), shown=True),
    MediaType("video/webm", Form.VIDEO, ".webm", begins=((0, b"\x1a\x45\xdf\xa3"),), shown=True),
    MediaType("application/pdf", Form.DRAFT, ".pdf", begins=((0, b"%PDF-"),)),
    MediaType(f"{_OFFICE}.wordprocessingml.document", Form.DRAFT, ".docx", begins=_PACKED, member="word/"),
    MediaType("application/ofd", Form.DRAFT, ".ofd", begins=_PACKED, member="OFD.xml"),
)
MEDIA = {known.name: known for known in KNOWN}


def media_type_of_filename(name: str) -> MediaType | None:
    """The media type that the ending of a file's name stands for."""
    ending = name.lower().rpartition(".")[2]
    alike = {"jpeg": "jpg", "markdown": "md"}
    return next((known for known in KNOWN if known.ending == f".{alike.get(ending, ending)}"), None)


@clause("LS-2")
def has_signature_of(content: bytes, known: MediaType) -> bool:
    """Whether the bytes begin as files of that type do, and a packed one has the part that makes it one."""
    if known.begins and not any(content[at : at + len(sign)] == sign for at, sign in known.begins):
        return False
    return not known.member or _has(content, known.member)


def _has(content: bytes, member: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return any(name.startswith(member) for name in packed.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError):
        return False
