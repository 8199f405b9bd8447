"""Reading the data files of this package."""

from __future__ import annotations

from importlib import resources

__all__ = ["lines"]


def lines(name: str) -> list[str]:
    """Non-blank lines of a data file, comments left out."""
    text = resources.files("dq.text.dictionaries").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
