"""What changed its meaning, for people and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dq.findings import Finding
from dq.formats.terminal import Paint, wrap
from dq.formats.words import finding_sentence, shown_args
from dq.i18n.safe import isolate
from dq.i18n.translator import Translator
from dq.semantics.drift.find import Change, Found
from dq.semantics.drift.words import args_of, cause_of, severity_of

__all__ = ["drift_document", "drift_text"]

_NAMED = 8


def drift_text(
    found: Sequence[Found], t: Translator, *, width: int, paint: Paint, verbose: bool = False
) -> str:
    """A sentence a column, units first; what the glossary records apart; what was judged."""
    return "\n".join(_lines(found, t, width, paint, verbose)) + "\n"


def _lines(
    found: Sequence[Found], t: Translator, width: int, paint: Paint, verbose: bool
) -> Iterator[str]:
    changes = sorted(
        (c for each in found for c in each.changes),
        key=lambda c: (c.kind != "unit", c.table, c.column),
    )
    loud = [c for c in changes if c.recorded is None]
    judged = sum(each.judged for each in found)
    tables = sum(1 for each in found if each.judged)
    if loud or not judged:
        yield paint(str(t.n("drift.head", len(loud)) if loud else t.t("drift.nothing")), "bold")
    else:
        yield paint(str(t.t("drift.quiet")), "good")
    for change in loud:
        yield ""
        severity = severity_of(change).value
        yield paint(f"{isolate(change.table)}.{isolate(change.column)}", severity)
        yield from wrap(str(_sentence(change, t)), width, first="  ", rest="  ")
        if change.rewritten:
            yield from wrap(str(t.t("drift.rewritten")), width, first="  ", rest="  ")
    known = [c for c in changes if c.recorded is not None]
    if known:
        yield ""
        yield paint(str(t.n("drift.recorded", len(known))), "bold")
    for change in known:
        why, name = change.recorded or ("", "")
        said = t.t(f"drift.recorded.{why}", name=name)
        line = f"{isolate(change.table)}.{isolate(change.column)}: {said}"
        yield from wrap(line, width, first="  ", rest="    ")
    yield ""
    judged_words = t.n("drift.judged", judged, tables=tables)
    yield from (paint(line, "dim") for line in wrap(str(judged_words), width))
    silent = [each.table for each in found if not each.judged and each.rows + each.thin]
    if silent:
        shown = silent if verbose else silent[:_NAMED]
        names = ", ".join(shown) + (", …" if len(shown) < len(silent) else "")
        said = t.t("drift.thin", tables=names)
        yield from (paint(line, "dim") for line in wrap(str(said), width))


def _sentence(change: Change, t: Translator) -> str:
    return finding_sentence(_finding(change), t, personal=change.personal)


def _finding(change: Change) -> Finding:
    return Finding(
        code="S107",
        severity=severity_of(change),
        table=change.table,
        column=change.column,
        cause=cause_of(change),
        args=args_of(change),
    )


def drift_document(found: Sequence[Found], t: Translator) -> dict[str, Any]:
    """All that is known of each change; values of personal columns are masked."""
    return {
        "dq": 1,
        "tables": [
            {
                "table": each.table,
                "from": each.first.isoformat(),
                "rows": each.rows,
                "judged": each.judged,
                "thin": each.thin,
            }
            for each in found
        ],
        "changes": [_document(change, t) for each in found for change in each.changes],
    }


def _document(change: Change, t: Translator) -> dict[str, Any]:
    return {
        "table": change.table,
        "column": change.column,
        "kind": change.kind,
        "severity": severity_of(change).value,
        "since": change.since.isoformat(),
        "rewritten": change.rewritten,
        "recorded": None if change.recorded is None else list(change.recorded),
        "sentence": str(_sentence(change, t)),
        "args": shown_args(_finding(change), personal=change.personal),
    }
