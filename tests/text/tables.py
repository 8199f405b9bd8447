"""Tables of values and what is expected of them, from `data/<name>.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

Row = list[str | None]


@cache
def _read(name: str) -> dict[str, list[Row]]:
    path = Path(__file__).parent / "data" / f"{name}.yaml"
    return dict(YAML(typ="safe").load(path.read_text(encoding="utf-8")))


def rows(name: str, section: str) -> list[Row]:
    """Rows of one section of a table."""
    return _read(name)[section]
