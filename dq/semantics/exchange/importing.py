"""One door for what comes in: read, plan, and write only when asked to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dq.errors import Place, UsageError
from dq.i18n.translator import Translator
from dq.semantics.columns import Columns
from dq.semantics.exchange.from_dbt import read_dbt
from dq.semantics.exchange.from_skos import read_skos
from dq.semantics.exchange.from_table import read_table
from dq.semantics.exchange.incoming import Read, Step
from dq.semantics.exchange.plan import make_plan
from dq.semantics.exchange.selection import Loss
from dq.semantics.exchange.writing import read_text, write_glossary
from dq.semantics.glossary import glossary_from_text

__all__ = ["IMPORTS", "Imported", "import_glossary", "imported_text"]

_FORMS: Mapping[str, Callable[[Path], Read]] = {
    "csv": read_table,
    "skos": read_skos,
    "dbt": read_dbt,
}
_ENDINGS = {".ttl": "skos", ".turtle": "skos", ".yml": "dbt", ".yaml": "dbt"}

IMPORTS = tuple(_FORMS)


@dataclass(frozen=True)
class Imported:
    """What an import does, or did where `written`."""

    steps: tuple[Step, ...]
    remarks: tuple[Loss, ...] = ()
    written: bool = False

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return any(step.what in {"added", "changed"} for step in self.steps)

    @property
    def exit_code(self) -> int:
        """1 where a part of the file was refused."""
        return 1 if any(step.what == "refused" for step in self.steps) else 0


def import_glossary(
    source: Path,
    target: Path,
    *,
    today: date,
    form: str | None = None,
    write: bool = False,
    columns: Columns | None = None,
) -> Imported:
    """Take the definitions of a file into glossary.yaml; without `write` only say how.

    Nothing is approved by it: an approval goes by a definition's digest.

    Args:
        source: the file; a table may be a workbook.
        target: glossary.yaml; made where there is none.
        today: from when a new definition holds that names no day.
        form: one of `IMPORTS`; told by the file's ending where it is None.
        write: edit the glossary, keeping its comments.
        columns: what `load_glossary` takes; the result must load with them.

    Raises:
        UsageError: no such format.
        ConfigError: a file is not valid, or the result would not load; nothing is written.
    """
    form = form or _ENDINGS.get(source.suffix.lower(), "csv")
    take = _FORMS.get(form)
    if take is None:
        raise UsageError(
            "There is no format “{format}”.",
            fix="Choose one of: {choices}.",
            format=form,
            choices=", ".join(IMPORTS),
        )
    text = read_text(target)
    glossary = glossary_from_text(text.removeprefix("\ufeff"), str(target), columns)
    read = take(source)
    plan = make_plan(glossary, read.rows, today)
    refused = [Step(_about(problem.where), "refused", why=problem) for problem in read.refused]
    imported = Imported((*plan.steps, *refused), read.remarks)
    if write and imported.changes:
        write_glossary(target, text, plan.terms, glossary, columns)
        return Imported(imported.steps, imported.remarks, written=True)
    return imported


def _about(where: Place | None) -> str:
    return where.key or "" if where else ""


def imported_text(imported: Imported, t: Translator) -> str:
    """What an import does, in words: one line a definition, then the counts."""
    lines = []
    for step in imported.steps:
        if step.what == "left":
            continue
        line = f"{t.t(f'exchange.import.{step.what}')}: {step.object or '-'}"
        if step.what == "changed" or (step.what == "added" and step.keys):
            line += f" ({', '.join(step.keys)})"
        if step.why is not None:
            line = f"{t.t('exchange.import.refused')}: {t.error(step.why)}"
        elif step.what == "draft" and step.place is not None:
            line += f" ({t.place(step.place)})"
        lines.append(line)
    lines += [remark.said(t) for remark in imported.remarks]
    counts = Counter(step.what for step in imported.steps)
    kinds = ("added", "changed", "left", "draft", "refused")
    said = [f"{t.t(f'exchange.import.{kind}')}: {counts[kind]}" for kind in kinds]
    lines.append("; ".join(said))
    if imported.written:
        lines.append(str(t.t("exchange.import.written")))
    elif imported.changes:
        lines.append(str(t.t("exchange.import.not_written")))
    return "\n".join(lines)
