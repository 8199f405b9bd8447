"""Starting a project: recognise files, write dq.yaml, mapping.yaml and glossary.yaml."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files as resource
from pathlib import Path
from typing import TYPE_CHECKING

from dq.errors import DqError, UsageError
from dq.intake import Given, expand, read_all

if TYPE_CHECKING:
    from dq.crm.drafts import Recognition
    from dq.tables import RawTable

__all__ = ["Begun", "start"]


@dataclass
class Begun:
    """What `dq init` made: files written, what was recognised, files refused."""

    written: list[Path] = field(default_factory=list)
    recognition: Recognition | None = None
    refused: list[DqError] = field(default_factory=list)


def start(
    folder: Path,
    given: Sequence[Given],
    *,
    preset: str | None = None,
    country: str | None = None,
    currency: str | None = None,
    language: str = "en",
    progress: Callable[[str, str], None] = lambda _part, _detail: None,
) -> Begun:
    """Make a folder a project; with files, their sources and mapping are written too.

    Raises:
        UsageError: the folder holds a dq.yaml already.
        SourceError: none of the files can be read.
    """
    from dq.config import write_default
    from dq.crm.mapping_file import write_mapping
    from dq.crm.recognise import recognise
    from dq.files import workspace, write_atomic

    if (folder / "dq.yaml").exists():
        raise UsageError(
            "{folder} is a project already.",
            fix="Add files under sources: in its dq.yaml, or choose another folder.",
            folder=str(folder),
        )
    begun = Begun()
    values: dict[tuple[str, ...], object] = {}
    for name, value in (("country", country), ("currency", currency), ("language", language)):
        if value:
            values["defaults", name] = value
    folder.mkdir(parents=True, exist_ok=True)
    if given:
        with workspace() as work:
            paths = expand(given)
            intake = read_all([(p, None) for p in paths], work, lenient=True, progress=progress)
            begun.refused = intake.refused
            if not intake.raws:
                raise intake.refused[0]
            intake.raws = _named(intake.raws)
            begun.recognition = recognise(
                intake.raws, preset=preset, language=language, country=country
            )
        told = {source.preset for source in begun.recognition.mapping.sources} - {"generic"}
        if preset is not None or len(told) == 1:
            values["crm",] = begun.recognition.preset
        for raw in intake.raws:
            values["sources", raw.name] = _source(folder, raw, intake.raws)
    write_default(folder, values)
    begun.written.append(folder / "dq.yaml")
    if begun.recognition is not None:
        write_mapping(folder / "mapping.yaml", begun.recognition.mapping)
        begun.written.append(folder / "mapping.yaml")
    glossary = folder / "glossary.yaml"
    if not glossary.exists():
        text = resource("dq.semantics").joinpath("starter.yaml").read_text(encoding="utf-8")
        write_atomic(glossary, text)
        begun.written.append(glossary)
    return begun


def _named(raws: Sequence[RawTable]) -> list[RawTable]:
    """The tables under names that dq.yaml takes: `Deals 2024:Sheet 1` is Deals_2024_Sheet_1."""
    named: list[RawTable] = []
    taken: set[str] = set()
    for raw in raws:
        base = re.sub(r"\W+", "_", raw.name).strip("_") or "table"
        base = base if base[0].isalpha() else f"file_{base}"
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name.casefold())
        named.append(replace(raw, name=name))
    return named


def _source(folder: Path, raw: RawTable, raws: Sequence[RawTable]) -> dict[str, object]:
    """One entry of `sources:`: the path or table, and what reading had to detect."""
    if raw.facts.url is not None:
        return {"url": raw.facts.url, "table": raw.facts.sheet}
    path = raw.facts.file.resolve()
    inside = path.is_relative_to(folder.resolve())
    shown = Path(os.path.relpath(path, folder.resolve())) if inside else path
    source: dict[str, object] = {"path": shown.as_posix()}
    siblings = [r for r in raws if r.facts.file == raw.facts.file]
    if len(siblings) > 1 and raw.facts.sheet:
        source["sheet"] = raw.facts.sheet
    for note in raw.facts.notes:
        if note.setting is not None:
            source.setdefault(*note.setting)
    return source
