"""Text in one or several languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dq.config import Item

__all__ = ["LANGUAGES", "Label", "read_label"]

LANGUAGES = ("en", "ru", "uk")


@dataclass(frozen=True)
class Label:
    """A text by language; under "" the one text that stands for all."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The text in a language, else the nearest there is; empty where there is none."""
        for code in (language, "", *LANGUAGES):
            if code in self.texts:
                return self.texts[code]
        return ""

    def __bool__(self) -> bool:
        return bool(self.texts)


def read_label(item: Item | None) -> Label:
    """A plain text, or a mapping of languages to texts."""
    if item is None:
        return Label()
    if item.is_map:
        return Label({code: text.text() for code, text in item.fields(*LANGUAGES).items()})
    return Label({"": item.text()})
