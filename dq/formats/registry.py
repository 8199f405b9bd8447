"""The formats, and the one door to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dq.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.findings import Result
    from dq.i18n.translator import Translator

__all__ = ["FORMATS", "render"]

FORMATS = ("text", "json", "html")


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
        limit: Most records a group (json; html shows at most 25 of them).
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
    raise UsageError(
        "There is no format “{format}”.",
        fix="Choose one of: {choices}.",
        format=format,
        choices=", ".join(FORMATS),
    )
