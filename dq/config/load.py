"""From a folder to its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dq.config.item import Item
from dq.config.sections import SECTIONS
from dq.config.shapes import Settings
from dq.config.strict import parse_yaml, read_yaml
from dq.errors import Place, UsageError

__all__ = ["FILE_NAME", "SectionReader", "find_project", "load_settings", "settings_from_text"]

FILE_NAME = "dq.yaml"

SectionReader = Callable[[Item], object]
"""Reads one section for the layer that owns it; raises ConfigError by `Item.error`."""


def find_project(start: Path) -> Path:
    """The project's folder: the nearest at or above `start` that holds dq.yaml.

    Raises:
        UsageError: there is none.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise UsageError(
        "There is no dq.yaml here or in a folder above.",
        where=Place(file=str(start)),
        fix="Make a project with dq init, or look at a file without one: dq scan FILE.",
    )


def load_settings(path: Path, readers: Mapping[str, SectionReader] | None = None) -> Settings:
    """Read dq.yaml (or the one in the folder `path`) strictly.

    `readers` come from higher layers, by section: a reader of a section that is known here
    checks it further, one of another name makes that section known. What it returns is in
    `Settings.sections`.

    Raises:
        ConfigError: with file, line and column.
    """
    file = path / FILE_NAME if path.is_dir() else path
    return _settings(read_yaml(file), file.parent, readers or {})


def settings_from_text(
    text: str, path: Path, readers: Mapping[str, SectionReader] | None = None
) -> Settings:
    """What `load_settings` would say if `path` held this text."""
    return _settings(parse_yaml(text, str(path)), path.parent, readers or {})


def _settings(root: Item, folder: Path, readers: Mapping[str, SectionReader]) -> Settings:
    of = root.fields("dq", *SECTIONS, *readers)
    if "dq" in of and of["dq"].integer() != 1:
        raise of["dq"].error(
            "This file is written for a newer dq (format {value}).",
            fix="Update dq.",
            value=str(of["dq"].node.value),
        )
    known: dict[str, Any] = {name: SECTIONS[name](of[name]) for name in SECTIONS if name in of}
    further = {name: reader(of[name]) for name, reader in readers.items() if name in of}
    return Settings(folder=folder, sections=further, **known)
