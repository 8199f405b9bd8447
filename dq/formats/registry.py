"""The formats, and the one door to them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from dq.errors import UsageError
from dq.findings import findings_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.findings import Result
    from dq.i18n.translator import Translator

__all__ = ["FORMATS", "render"]

FORMATS = ("text", "json", "html", "github", "junit", "sarif", "csv", "xlsx", "parquet")


def render(
    result: Result,
    format: str,
    *,
    language: str | Translator,
    limit: int = 1000,
    color: bool = False,
    width: int = 100,
    quiet: bool = False,
    verbose: bool = False,
    findings: pa.Table | Path | str | None = None,
    project: Path | None = None,
) -> str | bytes:
    """Render a result.

    Args:
        result: What a scan, check or run found.
        format: One of `FORMATS`.
        language: en, ru or uk; or a translator.
        limit: Most records a group (json, junit, sarif; html shows at most 25 of them, github
            ten keys). csv, xlsx and parquet have all findings, with values in full.
        color: Whether text is coloured.
        width: Columns of the terminal, for text.
        quiet: Text: only the headline.
        verbose: Text: every group, every note.
        findings: All findings (findings.parquet or its content); default: the result's own
            `findings_path`, and without that the groups' examples.
        project: The folder of the project that it is about; decides what is named next.

    Raises:
        UsageError: There is no such format.
    """
    from dq.formats.view import own_words

    t = own_words(result, language) if isinstance(language, str) else language
    if format == "text":
        from dq.formats.text import render_text

        return render_text(
            result, t, color=color, width=width, quiet=quiet, verbose=verbose, project=project
        )
    if format == "json":
        from dq.formats.json_document import render_json

        return render_json(result, t, limit=limit, findings=findings)
    if format == "html":
        from dq.formats.html.page import render_html

        return render_html(result, t, limit=limit, findings=findings, project=project)
    if format == "github":
        from dq.formats.github import render_github

        return render_github(result, t, limit=limit, findings=findings)
    if format == "junit":
        from dq.formats.junit import render_junit

        return render_junit(result, t, limit=limit, findings=findings)
    if format == "sarif":
        from dq.formats.sarif import render_sarif

        return render_sarif(result, t, limit=limit, findings=findings)
    if format in ("csv", "xlsx", "parquet"):
        return _table(result, format, t, findings)
    raise UsageError(
        "There is no format “{format}”.",
        fix="Choose one of: {choices}.",
        format=format,
        choices=", ".join(FORMATS),
    )


def _table(
    result: Result, format: str, t: Translator, findings: pa.Table | Path | str | None
) -> bytes:
    """All findings as a table."""
    from dq.formats.rows import batches_of, write_findings

    source = findings if findings is not None else result.findings_path
    if source is None:
        raise UsageError("There is no file of findings to write as a table.")
    made = io.BytesIO()
    batches = batches_of(source)
    of = {(o.code, o.table): o.checked for o in result.outcomes if o.checked}
    write_findings(batches, findings_schema(), format, made, t, currency=result.currency, of=of)
    return made.getvalue()
