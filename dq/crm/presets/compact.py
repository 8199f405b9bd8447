"""The YAML files beside this one in a form that is read at once: compact.json.

The YAML is the source: a file that differs from what compact.json was made of is parsed
anew. `python -m dq.crm.presets.compact` makes compact.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from dq.config import Item, item_of, parse_yaml

__all__ = ["compacted", "document", "split", "text_of"]

FILE = "compact.json"


def document(name: str, number: int = 0) -> Item:
    """A document of `<name>.yaml`, the first by default."""
    text = text_of(name)
    kept = _kept().get(name)
    if kept is not None and kept["sha256"] == _digest(text):
        return item_of(kept["documents"][number], f"{name}.yaml")
    return parse_yaml(split(text)[number], f"{name}.yaml")


def text_of(name: str) -> str:
    """The text of `<name>.yaml`."""
    return resources.files("dq.crm.presets").joinpath(f"{name}.yaml").read_text("utf-8")


def compacted(names: Iterator[str]) -> str:
    """What compact.json must hold: a line a file."""
    lines = []
    for name in names:
        text = text_of(name)
        documents = [parse_yaml(part, name).value() for part in split(text)]
        entry = {"sha256": _digest(text), "documents": documents}
        lines.append(f"{json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


@cache
def _kept() -> Mapping[str, Any]:
    path = resources.files("dq.crm.presets").joinpath(FILE)
    try:
        kept: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return kept


def split(text: str) -> tuple[str, str]:
    """The two documents of a text (the second may be empty); it keeps its line numbers."""
    head, mark, body = text.partition("\n---\n")
    return head, "\n" * (head + mark).count("\n") + body


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()


if __name__ == "__main__":
    folder = Path(__file__).parent
    found = sorted(path.stem for path in folder.glob("*.yaml"))
    (folder / FILE).write_text(compacted(iter(found)), encoding="utf-8")
