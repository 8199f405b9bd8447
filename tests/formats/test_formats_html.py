"""The page: complete, self-contained, and deaf to what the data say."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from dq.findings import Note, Result
from dq.formats import render
from dq.formats.html.environment import page

EVIL = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "{{ 7*7 }}{% raw %}",
    "\u202egnp.exe",
    "\x1b[2J\x00",
    '=HYPERLINK("http://x")',
)
VOID = {"meta", "rect", "br", "img", "link", "input"}


class _Reader(HTMLParser):
    """Keeps tags, attributes, text, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def attributes(self) -> Iterator[tuple[str, str, str]]:
        for tag, attrs in self.tags:
            for name, value in attrs.items():
                yield tag, name, value or ""


def _page(result: Result, language: Any, **options: Any) -> str:
    text = render(result, "html", language=language, **options)
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_page_is_whole(language: str, sample: Result, words: Any) -> None:
    reader = _Reader(_page(sample, words(language)))
    assert reader.open == []
    assert ("html", {"lang": language}) in reader.tags
    ids = [value for _, name, value in reader.attributes() if name == "id"]
    assert len(ids) == len(set(ids)) == len(sample.groups)


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_what_the_page_says(language: str, sample: Result, words: Any, expect: Any) -> None:
    lines = (line.strip() for line in _Reader(_page(sample, words(language))).text.splitlines())
    expect(f"page.{language}.txt", "\n".join(line for line in lines if line) + "\n")


def test_page_loads_nothing_and_runs_nothing(sample: Result, words: Any) -> None:
    text = _page(sample, words("en"))
    reader = _Reader(text)
    tags = {tag for tag, _ in reader.tags}
    assert tags.isdisjoint({"script", "img", "iframe", "link", "form", "object", "base"})
    for _, name, value in reader.attributes():
        assert name not in {"src", "srcset", "style", "action"}
        assert not name.startswith("on")
        assert name != "href" or value.startswith("#")
    assert "url(" not in text
    assert "@import" not in text


def test_policy_allows_the_stylesheet_and_nothing_else(sample: Result, words: Any) -> None:
    text = _page(sample, words("en"))
    metas = [attrs for tag, attrs in _Reader(text).tags if tag == "meta"]
    policy = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_data_are_inert(evil: str, sample: Result, words: Any, group: Any) -> None:
    bad = group(
        table=evil, column=evil, cause=evil, args={"suggestion": evil}, file=evil,
        examples=[[evil, evil, 2]],
    )  # fmt: skip
    inputs = tuple(
        replace(fact, file=evil, sheet=evil, unmapped=(evil,), tables=(evil,), encoding=evil)
        for fact in sample.inputs
    )
    tables = (replace(sample.tables[0], name=evil),)
    notes = (Note(evil, {"x": evil}, file=evil, setting=(evil, evil)),)
    hostile = replace(
        sample, groups=(bad,), inputs=inputs, tables=tables, notes=notes, run_id=evil,
        versions={evil: evil}, currency=evil, outcome=evil,
    )  # fmt: skip
    plain = replace(sample, groups=(bad,), run_id="r")
    text = _page(hostile, words("en"))
    reader = _Reader(text)
    assert reader.open == []
    known = {tag for tag, _ in _Reader(_page(plain, words("en"))).tags}
    assert {tag for tag, _ in reader.tags} <= known | {"ul", "li", "code"}
    assert not any(name.startswith("on") for _, name, _ in reader.attributes())
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    if "{{" in evil:
        assert evil in text


def test_personal_data_are_masked(sample: Result, words: Any) -> None:
    text = _page(sample, words("ru"))
    for secret in ("maria.hoffmann", "Хоффман", "9161234512", "Тестович", "ivan.petrov"):
        assert secret not in text


def test_size_stays_small(sample: Result, words: Any) -> None:
    groups = sample.groups * 20
    text = _page(replace(sample, groups=groups), words("ru"))
    assert len(text.encode()) < 1_000_000


def test_other_pages_share_the_frame(words: Any) -> None:
    text = page("base.html.j2", words("uk"), title="<Назва>")
    assert "<title>&lt;Назва&gt;</title>" in text
