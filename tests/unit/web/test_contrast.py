"""Every pair of colours that text is set in has the contrast of WCAG 2.2 AA, by day and by night (GB/T 37668)."""

import re

import pytest

from gongkai.web.static_files import HERE

TOKENS = (HERE / "static/tokens.css").read_text()
AA = 4.5
SHAPES = 3.0  # for what is no text: borders of controls, cells of the clock

TEXT = [
    ("ink", "paper"), ("ink", "ground"), ("ink-2", "paper"), ("ink-2", "ground"), ("ink-2", "ground-2"),
    ("ink-3", "paper"), ("ink-3", "ground"), ("blue", "paper"), ("blue", "ground"), ("blue", "blue-wash"),
    ("on-blue", "blue"), ("blue-deep", "blue-mid"), ("red", "paper"), ("red", "red-wash"), ("on-red", "red"),
    ("amber", "paper"), ("amber", "amber-wash"), ("green", "paper"), ("green", "green-wash"),
    ("ink", "blue-wash"), ("ink", "green-wash"),
]  # fmt: skip
CONTROLS = [("line-2", "paper"), ("focus", "paper"), ("focus", "ground")]


def palette(mode: str) -> dict[str, str]:
    light, _, rest = TOKENS.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light))
    if mode == "dark":
        found |= dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", rest.partition("@media print")[0]))
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT, ids=lambda p: p)
def test_text_can_be_read(mode: str, text: str, ground: str) -> None:
    colours = palette(mode)
    assert contrast(colours[text], colours[ground]) >= AA


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), CONTROLS, ids=lambda p: p)
def test_controls_can_be_seen(mode: str, shape: str, ground: str) -> None:
    colours = palette(mode)
    assert contrast(colours[shape], colours[ground]) >= SHAPES
