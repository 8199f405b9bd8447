"""Glossaries that no editor would keep: other encodings, huge ones, deep ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["MADE"]

_RUSSIAN = "glossary: 1\ndepartments:\n  sales: {label: Отдел продаж}\n"
_POPULATION = """glossary: 1
terms:
  won_deal:
    kind: population
    of: deals
    versions:
      - effective: 2024-01-01
        where: {where}
"""
_DEPTH = 1000


def _long_line() -> bytes:
    text = "word " * 1_050_000
    return f"glossary: 1\ndepartments:\n  sales:\n    label: {text.strip()}\n".encode()


def _deep_lists() -> bytes:
    return b"glossary: 1\nterms: " + b"[" * _DEPTH + b"]" * _DEPTH + b"\n"


def _deep_mappings() -> bytes:
    return "\n".join(["glossary: 1", *(" " * i + "terms:" for i in range(_DEPTH))]).encode()


def _where(text: str) -> bytes:
    return _POPULATION.format(where=text).encode()


MADE: Mapping[str, Callable[[], bytes]] = {
    "empty.yaml": lambda: b"",
    "only_comments.yaml": lambda: b"# glossary: 1\n# terms:\n",
    "cp1251.yaml": lambda: _RUSSIAN.encode("cp1251"),
    "bom_and_cp1251.yaml": lambda: b"\xef\xbb\xbf" + _RUSSIAN.encode("cp1251"),
    "utf_16.yaml": lambda: _RUSSIAN.encode("utf-16"),
    "nul.yaml": lambda: b"glossary: 1\ndepartments:\n  sales: {label: S\x00les}\n",
    "control_character.yaml": lambda: b"glossary: 1\ndepartments:\n  sales: {label: S\x07les}\n",
    "long_line.yaml": _long_line,
    "long_where.yaml": lambda: _where(" OR ".join(["amount > 1"] * 200_000)),
    "deep_lists.yaml": _deep_lists,
    "deep_mappings.yaml": _deep_mappings,
    "deep_where.yaml": lambda: _where("(" * 3000 + "amount > 1" + ")" * 3000),
    "many_or.yaml": lambda: _where(" OR ".join(["amount > 1"] * 20_000)),
}
"""The bytes of each file by its name."""
