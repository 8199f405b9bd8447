"""Writes the site: only what changed, and its first page last, so that a kill leaves it whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path

from dq.files import write_atomic
from dq.findings import Result
from dq.formats.html.environment import environment, stylesheet
from dq.formats.view import own_words
from dq.i18n.language import LANGUAGES
from dq.i18n.translator import Translator
from dq.repair.history import Point
from dq.site.about import in_words_of
from dq.site.charts import trend
from dq.site.facts import facts_of
from dq.site.glossary import (
    Meanings,
    columns_named,
    glossary_document,
    glossary_summary,
    tables_named,
)
from dq.site.records import Shelf, fair_limit, shelves
from dq.site.texts import texts_of
from dq.store.imprint import Imprint

__all__ = ["FIRST_PAGE", "build_site"]

FIRST_PAGE = "index.html"
_FOLDER = Path(__file__).parent
_ROOMS = (
    "overview", "findings", "records", "tables", "rules", "runs",
    "glossary", "term", "vocabulary", "search",
)  # fmt: skip
_STYLES = ("site.css", "glossary.css")
_SCRIPTS = ("dom.js", "store.js", "parts.js", *(f"{room}.js" for room in _ROOMS), "app.js")
_OWN = ("assets", "data")
_POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; "
    "base-uri 'none'; form-action 'none'"
)


def build_site(
    result: Result,
    folder: Path,
    *,
    history: Sequence[Point] = (),
    language: str = "en",
    title: str = "dq",
    meanings: Meanings | None = None,
    ledger: Imprint | None = None,
) -> Path:
    """Make the folder show the result; gives the page to open.

    Args:
        result: What the run found, with its findings file.
        folder: The site's folder; what is not of this site in it stays.
        history: All runs, in their order.
        language: The language that opens first; the page offers all.
        title: What the run is about.
        meanings: The project's glossary; None where there is none.
        ledger: How the ledger stands; None where nothing was decided yet.
    """
    limit = fair_limit([group.records for group in result.groups])
    shelved = shelves(result.groups, result.findings_path, limit)
    site = _Site(folder)
    styles = site.put("assets", "site.css", stylesheet() + "".join(map(_asset, _STYLES)))
    scripts = [site.put("assets", name, _asset(name)) for name in _SCRIPTS]
    texts: dict[str, str] = {}
    for code in LANGUAGES:
        t = own_words(result, code)
        said = {**_texts(result, meanings, t), "charts": {"trend": trend(history, t)}}
        texts[code] = site.put("data", f"text-{code}.js", _call("setTexts", said))
    records = {
        name: site.put("data", f"records-{_plain(name)}.js", _call("setRecords", _shelf(shelf)))
        for name, shelf in shelved.items()
    }
    facts = facts_of(result, shelved, history, limit)
    files: dict[str, object] = {"texts": texts, "records": records}
    if meanings is not None:
        document = glossary_document(meanings, result)
        files["glossary"] = site.put("data", "glossary.js", _call("setGlossary", document))
        facts["glossary"] = glossary_summary(meanings, result)
    facts |= {"language": language, "files": files, "ledger": ledger and asdict(ledger)}
    data = site.put("data", "facts.js", _call("setFacts", facts))
    site.finish(
        _page(title, own_words(result, language), styles, [*scripts[:2], data, *scripts[2:]])
    )
    return folder / FIRST_PAGE


def _texts(result: Result, meanings: Meanings | None, t: Translator) -> dict[str, object]:
    if meanings is None:
        return texts_of(result, t)
    glossary = meanings.meaning.glossary
    said = texts_of(in_words_of(result, glossary, t.language), t, tables_named(glossary))
    return {**said, "columns": columns_named(meanings.compared, t)}


class _Site:
    """Files named by their content: one that is there already need not be written again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._named: set[str] = set()

    def put(self, room: str, name: str, text: str) -> str:
        """Write a file if its content is new; gives its address on the site."""
        content = text.encode("utf-8", "replace")
        digest = hashlib.sha256(content).hexdigest()[:12]
        stem, _, kind = name.rpartition(".")
        address = f"{room}/{stem}.{digest}.{kind}"
        path = self.folder / address
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, content)
        self._named.add(address)
        return address

    def finish(self, page: str) -> None:
        """Write the first page, then sweep what no page names any more."""
        write_atomic(self.folder / FIRST_PAGE, page.encode("utf-8", "replace"))
        for room in _OWN:
            for path in (self.folder / room).glob("*.*.*"):
                if f"{room}/{path.name}" not in self._named:
                    path.unlink(missing_ok=True)


@cache
def _asset(name: str) -> str:
    return (_FOLDER / "assets" / name).read_text(encoding="utf-8")


def _call(function: str, argument: Mapping[str, object]) -> str:
    """A script that hands its argument over; nothing in a text can end it."""
    text = json.dumps(argument, ensure_ascii=False, separators=(",", ":"), default=str)
    for sign, escaped in (("<", "\\u003c"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(sign, escaped)
    return f"dq.{function}({text});\n"


def _shelf(shelf: Shelf) -> dict[str, object]:
    return {
        "table": shelf.table,
        "keys": shelf.keys,
        "files": [list(file) for file in shelf.files],
        "lines": {str(number): lines for number, lines in shelf.lines.items()},
    }


def _plain(name: str) -> str:
    """A table's name as part of a file's: letters and digits, with a digest where it had others."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "-" for c in name)[:40]
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _page(title: str, t: Translator, styles: str, scripts: Sequence[str]) -> str:
    template = environment().from_string(_asset("index.html.j2"))
    return template.render(
        title=title, t=t, language=t.language, policy=_POLICY, styles=styles, scripts=scripts
    )
