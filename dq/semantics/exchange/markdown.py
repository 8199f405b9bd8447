"""The glossary as one page of Markdown: an index by letter, then every term."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dq.i18n.translator import Translator
from dq.semantics.exchange.selection import Definition, Export, Selection, sections_left
from dq.semantics.terms import Term

__all__ = ["export_markdown"]

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LINE_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)", re.MULTILINE)


def export_markdown(chosen: Selection, t: Translator) -> Export:
    """A page in the translator's language."""
    terms = sorted(chosen.terms, key=lambda term: (_title(term, t).casefold(), term.name))
    letters: dict[str, list[Term]] = {}
    for term in terms:
        letters.setdefault(_letter(_title(term, t)), []).append(term)
    lines = [f"# {t.t('exchange.title')}", ""]
    if chosen.on is not None:
        lines += [str(t.t("exchange.md.as_of", day=chosen.on)), ""]
    for letter, of in letters.items():
        links = ", ".join(f"[{_inline(_title(term, t))}](#{_anchor(term)})" for term in of)
        lines.append(f"- **{_inline(letter)}**: {links}")
    for letter, of in letters.items():
        lines += ["", f"## {_inline(letter)}"]
        for term in of:
            lines += ["", *_term(term, chosen, t)]
    losses = sections_left(chosen, "stages", "fields")
    return Export("\n".join(lines) + "\n", tuple(losses))


def _term(term: Term, chosen: Selection, t: Translator) -> Iterator[str]:
    yield f'<a id="{_anchor(term)}"></a>'
    yield ""
    yield f"### {_inline(_title(term, t))}"
    yield ""
    facts = [f"{t.t('exchange.md.name')}: `{term.name}`", _fact(t, "kind", t.t(_kind(term)))]
    if term.of:
        facts.append(_fact(t, "table", t.table(term.of)))
    if term.unit:
        facts.append(_fact(t, "unit", _inline(term.unit)))
    facts.append(_fact(t, "steward", _inline(term.steward) if term.steward else t.t(_NOBODY)))
    if term.synonyms:
        facts.append(_fact(t, "synonyms", _inline(", ".join(term.synonyms))))
    used = chosen.uses.get(term.name, ())
    if used:
        facts.append(_fact(t, "used_by", _inline(", ".join(used))))
    elif chosen.uses:
        facts.append(_fact(t, "used_by", t.t("exchange.md.unused")))
    yield from (f"- {fact}" for fact in facts)
    definitions = list(chosen.definitions(term))
    if not definitions:
        yield ""
        yield str(t.t("exchange.md.none"))
    for definition in definitions:
        yield ""
        yield from _definition(definition, chosen, t)


_NOBODY = "exchange.md.nobody"


def _kind(term: Term) -> str:
    return f"exchange.kind.{term.kind}"


def _fact(t: Translator, name: str, value: object) -> str:
    return f"{t.t(f'exchange.md.{name}')}: {value}"


def _definition(definition: Definition, chosen: Selection, t: Translator) -> Iterator[str]:
    version = definition.version
    who = str(t.t("exchange.md.company"))
    if definition.department is not None:
        spec = chosen.glossary.departments[definition.department]
        who = _inline(spec.label.text(t.language) or definition.department)
    if definition.until is None:
        when = t.t("exchange.md.since", day=version.effective)
    else:
        when = t.t("exchange.md.between", day=version.effective, until=definition.until)
    status = chosen.status.get(definition.object)
    yield f"#### {who}, {when}" + (f" ({_inline(status)})" if status else "")
    if version.means:
        yield ""
        yield _block(version.means.text(t.language))
    if version.change:
        yield ""
        yield f"{t.t('exchange.md.change')}: {_inline(version.change.text(t.language))}"
    for name, text in (
        ("where", version.where.text if version.where else None),
        ("expr", version.expr.text if version.expr else None),
        ("time", version.time),
        ("numerator", version.numerator),
        ("denominator", version.denominator),
    ):
        if text is not None:
            yield ""
            yield f"{t.t(f'exchange.md.{name}')}:"
            yield ""
            yield from _fenced(text)
    if version.additive_over is not None:
        over = _inline(", ".join(version.additive_over) or "-")
        yield ""
        yield f"{t.t('exchange.md.additive')}: {over}"


def _fenced(text: str) -> list[str]:
    """SQL in a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}sql", *text.rstrip("\n").splitlines(), fence]


def _title(term: Term, t: Translator) -> str:
    return term.label.text(t.language) or term.name


def _letter(title: str) -> str:
    first = title.strip()[:1].upper()
    return first if first.isalpha() else "#"


def _anchor(term: Term) -> str:
    return f"term-{term.name}"


def _inline(text: object) -> str:
    """Text of others that no sign of Markdown changes, on one line."""
    return _SIGNS.sub(r"\\\1", " ".join(str(text).split()))


def _block(text: str) -> str:
    """The same over several lines; a line's first sign begins no list."""
    paragraphs = [_SIGNS.sub(r"\\\1", line.strip()) for line in text.strip().splitlines()]
    return _LINE_START.sub(r"\1\\\2", "\n".join(paragraphs))
