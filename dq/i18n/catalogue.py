"""Message catalogues: all PO fragments of a language, merged on first use.

Each part of dq keeps its texts in its own fragment, `locales/<part>.<language>.po`.
A key is an English sentence template as it is raised in errors (then English needs no entry),
or a dotted key such as `rule.C105.title`, which needs an entry in every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

__all__ = ["LOCALES", "Forms", "catalogue", "fragments", "read_fragment"]

LOCALES = Path(__file__).parent / "locales"

Forms = tuple[str, ...]
"""A message: one text, or one for each plural form of the language."""


def fragments(language: str, folder: Path = LOCALES) -> tuple[Path, ...]:
    """Fragment files of a language, sorted by name."""
    return tuple(sorted(folder.glob(f"*.{language}.po")))


def read_fragment(path: Path, language: str) -> dict[str, Forms]:
    """Messages of one fragment; entries without a text, or marked fuzzy, do not count."""
    from babel.messages.pofile import read_po

    with path.open("rb") as stream:
        po = read_po(stream, locale=language, abort_invalid=True)
    messages: dict[str, Forms] = {}
    for message in po:
        if not message.id or message.fuzzy:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        texts = message.string
        forms = (texts,) if isinstance(texts, str) else tuple(texts or ())
        if forms and all(forms):
            messages[key] = forms
    return messages


@cache
def catalogue(language: str) -> Mapping[str, Forms]:
    """All shipped messages of a language."""
    return merged(fragments(language), language)


def merged(paths: Iterable[Path], language: str) -> dict[str, Forms]:
    """Messages of several fragments; of two texts for one key the first stands."""
    messages: dict[str, Forms] = {}
    for path in paths:
        for key, forms in read_fragment(path, language).items():
            messages.setdefault(key, forms)
    return messages
