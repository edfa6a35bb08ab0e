"""What holds for every page: nothing inline, everything escaped, both languages, no third party."""

import re
from pathlib import Path

import jinja2
import pytest

import gongkai
from gongkai.console.app import FOLDER as CONSOLE_FOLDER
from gongkai.identity.app import FOLDER as IDENTITY_FOLDER
from gongkai.portal.pages import pages as portal
from gongkai.web import current_language, templates
from gongkai.web.dates import date_words, moment_words
from gongkai.web.filters import points_words, size_words
from gongkai.web.headers import POLICY

TEMPLATES = sorted(
    path
    for part in gongkai.__path__
    for path in Path(part).rglob("templates/**/*.html")
    if "node_modules" not in path.parts
)
CONSOLE = templates(CONSOLE_FOLDER, IDENTITY_FOLDER)
FACES = {"console": CONSOLE, "portal": portal}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: f"{p.parts[-3]}/{p.name}")
def test_no_template_has_style_or_script_inline_or_from_elsewhere(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", text)


@pytest.mark.parametrize("face", FACES)
def test_every_template_of_a_face_compiles(face: str) -> None:
    env = FACES[face].env
    for name in env.list_templates(extensions=["html"]):
        env.get_template(name)


def test_only_our_own_files_run() -> None:
    assert "unsafe" not in POLICY
    assert "script-src 'self'" in POLICY
    assert "style-src 'self'" in POLICY


def macro(name: str) -> object:
    return getattr(CONSOLE.env.get_template("web/macros.html").module, name)


def test_what_people_typed_is_escaped() -> None:
    step = {
        "what": "<b>题</b>", "who": "<i>", "time": None, "more": "<script>", "clause": "", "href": "", "state": "",
    }  # fmt: skip
    html = str(macro("timeline")([step]))  # type: ignore[operator]  # a macro is called
    assert "<b>" not in html
    assert "<script>" not in html
    assert "&lt;b&gt;" in html


def test_a_state_is_a_word_and_a_shape() -> None:
    html = str(macro("badge")("late", "超期", "late"))  # type: ignore[operator]  # a macro is called
    assert "超期" in html
    assert "<svg" in html
    assert 'aria-hidden="true"' in html


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    env = CONSOLE.env
    with pytest.raises(jinja2.UndefinedError):
        env.from_string("{{ nothing.here }}").render()


def test_words_of_dates_moments_points_and_sizes() -> None:
    assert date_words("2026-11-24") == "2026年11月24日"
    assert moment_words("2026-11-24T07:04:59Z") == "2026年11月24日 15:04"
    assert [points_words(p) for p in (-600, -150, 9_925, 0)] == ["−6", "−1.5", "99.25", "0"]
    assert size_words(500) == "500 字节"
    token = current_language.set("en")
    try:
        assert date_words("2026-11-24") == "24 November 2026"
        assert size_words(2048) == "2.0 KB"
    finally:
        current_language.reset(token)
