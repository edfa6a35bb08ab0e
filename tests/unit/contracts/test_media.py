"""In which forms information is taken in (LS-2), and that a file is what it says it is."""

import io
import zipfile

import pytest

from gongkai.contracts.media import KNOWN, MEDIA, MIB, has_signature_of, media_type_of_filename
from gongkai.contracts.vocabulary import Form


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name in names:
            book.writestr(name, "")
    return out.getvalue()


@pytest.mark.clause("LS-2", "CX-2")
def test_every_form_of_information_has_a_media_type() -> None:
    assert {known.form for known in KNOWN} == set(Form)
    assert all(known.most <= 16 * MIB for known in KNOWN)
    assert not any(known.shown for known in KNOWN if known.form in (Form.DRAFT, Form.CHART))


@pytest.mark.clause("LS-2")
@pytest.mark.parametrize(
    ("name", "content", "right"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n...", True),
        ("image/png", b"\xff\xd8\xff", False),
        ("image/jpeg", b"\xff\xd8\xff", True),
        ("image/webp", b"RIFF\0\0\0\0WEBP", True),
        ("audio/mpeg", b"ID3\x04", True),
        ("audio/mpeg", b"\xff\xfb\x90", True),
        ("audio/wav", b"RIFF\0\0\0\0WAVE", True),
        ("video/mp4", b"\0\0\0\x18ftypmp42", True),
        ("video/mp4", b"<html>", False),
        ("application/pdf", b"%PDF-1.7", True),
        ("application/pdf", b"", False),
        ("application/ofd", packed("OFD.xml"), True),
        ("application/ofd", packed("word/document.xml"), False),
        ("application/ofd", b"PK\x03\x04broken", False),
    ],
)
def test_a_file_is_what_its_first_bytes_and_parts_say(name: str, content: bytes, right: bool) -> None:
    assert has_signature_of(content, MEDIA[name]) is right


def test_a_files_name_says_its_type() -> None:
    assert media_type_of_filename("水位.PNG") is MEDIA["image/png"]
    assert media_type_of_filename("会议.jpeg") is MEDIA["image/jpeg"]
    assert media_type_of_filename("稿.markdown") is MEDIA["text/markdown"]
    assert media_type_of_filename("x.exe") is None
