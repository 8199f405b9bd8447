"""How many people among some have nothing to do with each other: no surname, no firm in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from dq.text.companies import company_key, split_company
from dq.text.dictionaries.files import lines
from dq.text.folding import words
from dq.text.names import fold_name
from dq.text.translit import translit_key

__all__ = ["strangers", "surnames"]

_PATRONYMIC = re.compile(r"(?:ович|евич|йович|ьич|кич|мич|ович|овна|евна|ична|івна|ївна|йовна)$")
_FEMININE = re.compile(r"(?:(?<=sk)(?:aia|ii|i|a)|(?<=[vn])a)$")
_SHORTEST = 3


@cache
def _first_names() -> frozenset[str]:
    return frozenset(translit_key(w) for line in lines("first_names.txt") for w in line.split())


def surnames(name: str) -> frozenset[str]:
    """Words of a name that tell a family: no initials, first names or patronymics.

    In either script one form; the feminine form is the masculine one. Of a name that is
    nothing but first names ("David Rose") the last word; of a single first name nothing.
    """
    parts = [w for w in words(fold_name(name)) if len(w) >= _SHORTEST]
    kept = [w for w in parts if not _PATRONYMIC.search(w)]
    keys = [translit_key(w) for w in kept]
    told = [k for k in keys if k not in _first_names()]
    if not told and len(keys) >= 2:
        told = keys[-1:]
    return frozenset(_FEMININE.sub("", k) for k in told)


def _house(name: str) -> frozenset[str]:
    """Words of a company's name that tell its group."""
    own = split_company(name).name
    return frozenset(translit_key(w) for w in words(own) if len(w) >= _SHORTEST)


def strangers(people: Iterable[tuple[str, str]], companies: bool = False) -> int:
    """Groups that share neither a surname nor a firm with each other; the unknown do not count.

    Args:
        people: Name and firm of each; a firm is an id (`id:…`), a mail domain (`@…`) or a
            company's name; either may be blank.
        companies: The names are companies': any word in common relates them.
    """
    parents: dict[str, str] = {}

    def root(node: str) -> str:
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for name, firm in people:
        told = _house(name) if companies else surnames(name)
        nodes = [f"name {word}" for word in sorted(told)]
        if firm:
            nodes.append(
                f"firm {firm if firm[:1] == '@' or firm[:3] == 'id:' else company_key(firm)}"
            )
        for node in nodes:
            parents.setdefault(node, node)
        for node in nodes[1:]:
            parents[root(node)] = root(nodes[0])
    return len({root(node) for node in parents})
