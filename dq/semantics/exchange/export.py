"""One door to all forms in which a glossary goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from dq.errors import UsageError
from dq.i18n.translator import Translator, translator
from dq.semantics.exchange.dbt import export_dbt
from dq.semantics.exchange.markdown import export_markdown
from dq.semantics.exchange.odcs import export_odcs
from dq.semantics.exchange.ossie import export_ossie
from dq.semantics.exchange.selection import Export, Selection, select
from dq.semantics.exchange.skos import export_skos
from dq.semantics.exchange.table import export_csv
from dq.semantics.glossary import Glossary

__all__ = ["EXPORTS", "export_glossary"]

_FORMS: Mapping[str, Callable[[Selection, str, Translator], Export]] = {
    "odcs": export_odcs,
    "skos": export_skos,
    "dbt": export_dbt,
    "ossie": export_ossie,
    "markdown": lambda chosen, _language, t: export_markdown(chosen, t),
    "csv": lambda chosen, _language, _t: export_csv(chosen),
}

EXPORTS = tuple(_FORMS)


def export_glossary(
    glossary: Glossary,
    form: str,
    *,
    today: date,
    language: str = "en",
    terms: Iterable[str] = (),
    as_of: date | None = None,
    status: Mapping[str, str] | None = None,
    uses: Mapping[str, Sequence[str]] | None = None,
) -> Export:
    """A glossary in one of `EXPORTS`.

    Args:
        glossary: what to export.
        form: one of `EXPORTS`.
        today: the day for forms that hold one definition a term, unless `as_of` names one.
        language: of texts where the form holds one language.
        terms: names of terms; what they are made of comes along. Empty: all.
        as_of: only the definitions in force on this day.
        status: word by name of the definition, such as `prospect/sales_us@2024-01-01`.
        uses: names of the reports that use a term, by term.

    Raises:
        UsageError: no such form or term.
    """
    write = _FORMS.get(form)
    if write is None:
        raise UsageError(
            "There is no format “{format}”.",
            fix="Choose one of: {choices}.",
            format=form,
            choices=", ".join(EXPORTS),
        )
    chosen = select(glossary, terms, today=today, on=as_of, status=status, uses=uses)
    return write(chosen, language, translator(language))
