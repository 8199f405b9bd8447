"""What identifies a record of a table, and the forms in which values are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rules.helpers import number, rows
from dq.sql import portable as f

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Field", "FormBatch", "form_schema", "identifying", "plain_form"]

NEARLY_UNIQUE = 0.95

SETS: dict[str, tuple[str, ...]] = {
    "accounts": (
        "name", "tax_id", "kpp", "registration_id", "domain", "email", "phone", "address",
    ),
    "contacts": ("full_name", "first_name", "last_name", "email", "phone"),
    "leads": ("full_name", "company", "email", "phone", "website"),
    "users": ("name", "email"),
    "products": ("name",),
}  # fmt: skip
"""Columns that tell one record from another; kpp only tells branches apart."""

APART = ("kpp", "first_name")
"""Columns that must agree and do not count as agreement of their own."""


@dataclass(frozen=True)
class Field:
    """An identifying column in use. `form` is how it is compared."""

    column: str
    form: str  # text | email | digits | domain | phone | company | name
    counts: bool = True


def identifying(context: RuleContext, table: str) -> list[Field]:
    """The columns that identify records here; empty where nothing does."""
    facts = context.tables[table]
    filled = [c for c in SETS.get(table, ()) if c in facts.columns and facts.columns[c].filled]
    # A name and its parts are one fact.
    apart = (*APART, "last_name") if "full_name" in filled else APART
    fields = [Field(c, _form(c), c not in apart) for c in filled]
    counting = [x for x in fields if x.counts]
    if len(counting) >= 2:
        return fields
    if len(counting) == 1 and _nearly_unique(context, table, counting[0].column):
        return fields
    return []


def _form(column: str) -> str:
    if column in ("tax_id", "kpp", "registration_id"):
        return "digits"
    if column in ("domain", "website"):
        return "domain"
    if column in ("email", "phone", "company"):
        return column
    return "name" if column in ("full_name", "first_name", "last_name") else "text"


def _nearly_unique(context: RuleContext, table: str, column: str) -> bool:
    row = rows(
        context,
        exp.select(
            f.alias(f.count(f.col(column)), "filled"),
            f.alias(f.count_distinct(f.col(column)), "different"),
        ).from_(f.table(f"crm.{table}")),
    )[0]
    return number(row["different"]) >= NEARLY_UNIQUE * number(row["filled"])


def plain_form(field: Field, qualifier: str | None = None) -> exp.Expr | None:
    """The compared form as SQL; None where it takes a Python function."""
    cell = f.col(field.column, qualifier)
    match field.form:
        case "email":
            return f.fold(cell)
        case "digits":
            return f.nullif(f.regexp_replace(cell, "[^0-9A-Za-z]", ""), f.lit(""))
        case "domain":
            bare = f.regexp_replace(f.fold(cell), "^https?://", "")
            bare = f.regexp_replace(bare, "^www[.]", "")
            return f.nullif(f.regexp_replace(bare, "/.*", ""), f.lit(""))
    return None


def rough_form(field: Field) -> exp.Expr | None:
    """A form that equal records always share, cheap enough for every row; None if there is none."""
    if field.form == "phone":
        digits = f.regexp_replace(f.col(field.column), "[^0-9]", "")
        return f.right(digits, f.lit(6))
    return plain_form(field)


def form_schema() -> pa.Schema:
    """value, form."""
    import pyarrow as pa

    return pa.schema([("value", pa.string()), ("form", pa.string())])


@dataclass(frozen=True)
class FormBatch:
    """Batch function: (value) → (value, form) for one kind of field."""

    form: str
    country: str | None

    def _function(self) -> Callable[[str], str | None]:
        from dq.text.companies import company_key
        from dq.text.folding import fold_tight
        from dq.text.names import fold_name
        from dq.text.phone import phone_key

        country = self.country
        if self.form == "phone":
            return lambda value: phone_key(value, country)
        return {"company": company_key, "name": fold_name}.get(self.form, fold_tight)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with each value in its compared form."""
        import pyarrow as pa

        function = self._function()
        values = batch.column(0).to_pylist()
        forms = [function(value) or value for value in values]
        return pa.RecordBatch.from_pydict({"value": values, "form": forms}, form_schema())
