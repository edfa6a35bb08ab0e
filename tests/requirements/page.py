"""A page as a person reads it: sentences, rows by what stands in them, links by their words, what is refused and why."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode


def _words(node: LexborNode | None) -> str:
    return "" if node is None else re.sub(r"\s+", " ", node.text(deep=True, separator=" ")).strip()


def _is_form_of(action: str, node: LexborNode) -> bool:
    return (node.attributes.get("action") or "").partition("?")[0] == action


@dataclass(frozen=True)
class Row:
    """A row of a table, an item of a list, or a panel: its words, and where its links lead."""

    text: str
    links: Mapping[str, str]

    def __contains__(self, words: str) -> bool:
        return words in self.text


@dataclass(frozen=True)
class Field:
    """One field of a form: what is chosen or filled in, and what may be chosen (code to words)."""

    label: str
    value: str
    choices: Mapping[str, str]
    required: bool


class Page:
    """What came back from the console or the portal."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.address = str(answer.url.raw_path, "ascii")
        self.headers = answer.headers
        self.content = answer.content
        self._tree = LexborHTMLParser(answer.text or "<html></html>")
        for unseen in self._tree.css("script, style, template"):
            unseen.decompose()

    def __repr__(self) -> str:
        """What a failed test shows."""
        return f"<{self.status} {self.address}: {self.text}>"

    @property
    def text(self) -> str:
        """All that can be read, spaces put together."""
        return _words(self._tree.body)

    def __contains__(self, words: str) -> bool:
        return words in self.text

    @property
    def title(self) -> str:
        return _words(self._tree.css_first("h1"))

    @property
    def state(self) -> str:
        """The line that a page answers with first: what, in which state, by when, whose turn."""
        return _words(self._tree.css_first("header.state, header.doc-head"))

    @property
    def refused(self) -> Sequence[str]:
        """The codes of what was refused (`document.no-attribute`)."""
        return [_words(node) for node in self._tree.css(".errors .code")]

    @property
    def clauses(self) -> Sequence[str]:
        """The clauses that refusals name, as the page writes them (`上城制度三.4`)."""
        return [_words(node) for node in self._tree.css(".errors .clause")]

    def panel(self, heading: str) -> Row:
        """The panel under the heading that begins so. LookupError without one."""
        return self._row(self._panel(heading))

    def rows(self, words: str = "", within: str = "") -> list[Row]:
        """Rows of tables, items of lists and facts with those words; only in the panel of that heading, if one is named."""
        nodes = self._panel(within).css("tr, li, dd") if within else self._tree.css("tr, li")
        return [row for row in map(self._row, nodes) if words in row.text]

    def row(self, words: str, within: str = "") -> Row:
        """The one row with those words. LookupError when there is none."""
        found = self.rows(words, within)
        if not found:
            raise LookupError(f"no row {words!r} on: {self.text}")
        return found[0]

    def fact(self, label: str) -> str:
        """What stands beside a label (索引号, 公开属性)."""
        for node in self._tree.css("dt"):
            if _words(node) == label:
                value = node.next
                while value is not None and value.tag != "dd":
                    value = value.next
                return _words(value)
        raise LookupError(f"no fact {label!r} on: {self.text}")

    def links(self, words: str = "") -> dict[str, str]:
        """Links by their words."""
        return {text: href for text, href in self._links(self._tree.root).items() if words in text}

    def has_form(self, action: str) -> bool:
        return any(_is_form_of(action, node) for node in self._tree.css("form"))

    def actions(self) -> list[str]:
        """Where the forms of this page go: what can be done from here."""
        return [node.attributes.get("action") or "" for node in self._tree.css("form")]

    def action(self, words: str) -> str:
        """The one form's address with those words. LookupError without one."""
        found = [action for action in self.actions() if words in action]
        if not found:
            raise LookupError(f"no form to {words!r} among {self.actions()} on: {self.text}")
        return found[0]

    def fields(self, action: str) -> dict[str, Field]:
        """The fields of a form by name."""
        made: dict[str, Field] = {}
        for node in self._form(action).css("input, select, textarea"):
            name, kind = node.attributes.get("name"), node.attributes.get("type")
            if name is None or kind == "hidden":
                continue
            made[name] = self._field(node, name, made.get(name))
        return made

    def filled_in(self, action: str) -> dict[str, str]:
        """What the form sends when nothing is touched: its hidden fields, chosen options, what is filled in."""
        hidden = {
            node.attributes.get("name") or "": node.attributes.get("value") or ""
            for node in self._form(action).css('input[type="hidden"]')
        }
        return hidden | {name: f.value for name, f in self.fields(action).items() if f.value}

    def _panel(self, heading: str) -> LexborNode:
        for node in self._tree.css("section"):
            if _words(node.css_first("h1, h2, h3")).startswith(heading):
                return node
        raise LookupError(f"no panel {heading!r} on: {self.text}")

    def _form(self, action: str) -> LexborNode:
        for node in self._tree.css("form"):
            if _is_form_of(action, node):
                return node
        raise LookupError(f"no form to {action} among {self.actions()} on: {self.text}")

    def _field(self, node: LexborNode, name: str, before: Field | None) -> Field:
        kind, value = node.attributes.get("type"), node.attributes.get("value") or ""
        required = "required" in node.attributes
        if kind in ("radio", "checkbox"):
            choices = {**(before.choices if before else {}), value: _words(node.parent)}
            chosen = value if "checked" in node.attributes else (before.value if before else "")
            return Field("", chosen, choices, required)
        label = _words(self._tree.css_first(f'label[for="{node.id}"]')) if node.id else ""
        if node.tag == "select":
            options = {o.attributes.get("value") or "": _words(o) for o in node.css("option")}
            selected = [o.attributes.get("value") or "" for o in node.css("option[selected]")]
            picked = selected[0] if selected else next(iter(options), "")
            return Field(label, picked, options, required)
        return Field(label, _words(node) if node.tag == "textarea" else value, {}, required)

    def _row(self, node: LexborNode) -> Row:
        return Row(_words(node), self._links(node))

    def _links(self, node: LexborNode | None) -> dict[str, str]:
        found = node.css("a[href]") if node else []
        return {_words(a): a.attributes.get("href") or "" for a in found}
