"""The one sentence that says whether the data can be trusted."""

from __future__ import annotations

from dq.findings import Group, Outcome, Result, Severity, TableSummary
from dq.i18n.safe import Said
from dq.i18n.translator import Translator

__all__ = ["headline_of"]


def headline_of(result: Result, t: Translator) -> Said:
    """One sentence. Each record counts once, and stands beside the whole.

    It is about the table of the worst error; amounts of different rules are never added: the
    share of money is that of the table's bad records. Files that could not be read come first.
    """
    errored = {o.code for o in result.outcomes if o.outcome is Outcome.ERRORED}
    if errored:
        return t.n("headline.errored", len(errored))
    refused = sum(note.code == "source.refused" for note in result.notes)
    if refused:
        return Said(f"{t.n('headline.refused', refused)} {_judgement(result, t)}")
    if result.outcome == "errored":
        return t.t("headline.errored_plain")
    return _judgement(result, t)


def _judgement(result: Result, t: Translator) -> Said:
    table = _worst_table(result)
    if table is not None:
        return _about(table, result, t)
    bad = [g for g in result.groups if g.severity.rank >= Severity.ERROR.rank]
    if bad:
        return t.n("headline.errors_of_table", len(bad))
    warnings = sum(g.severity is Severity.WARNING for g in result.groups)
    if warnings or result.groups:
        return t.n("headline.warnings", warnings) if warnings else t.t("headline.infos")
    judged = {o.code for o in result.outcomes if o.outcome is Outcome.PASSED}
    return t.n("headline.clean", len(judged)) if judged else t.t("headline.nothing")


def _worst_table(result: Result) -> TableSummary | None:
    """The table of the first group that is an error, if it has bad records; else the worst."""
    bad = {table.name: table for table in result.tables if table.bad_records and table.live}
    for group in result.groups:
        if group.severity.rank >= Severity.ERROR.rank and group.table in bad:
            return bad[group.table]
    return max(bad.values(), key=lambda table: table.bad_records, default=None)


def _about(table: TableSummary, result: Result, t: Translator) -> Said:
    of_records = t.of_records(table.name, table.live)
    share = t.percent(table.bad_records / table.live)
    only = _only_group(table, result)
    if only is not None and only.records_won and only.money_won is not None:
        whole = next((s.money_won for s in result.tables if s.name == "deals"), None)
        if whole:
            return t.n(
                "headline.bad_won",
                table.bad_records,
                of_records=of_records,
                share=share,
                won=t.number(only.records_won),
                money=t.money(only.money_won, result.currency),
                whole=t.money(whole, result.currency),
                money_share=t.percent(float(only.money_won / whole)),
            )
    if table.score_by_amount is None or table.score_by_amount >= 1 or not table.money:
        return t.n("headline.bad", table.bad_records, of_records=of_records, share=share)
    return t.n(
        "headline.bad_money",
        table.bad_records,
        of_records=of_records,
        share=share,
        money_share=t.percent(max(1 - table.score_by_amount, 0.0)),
        whole=t.money(table.money, result.currency),
    )


def _only_group(table: TableSummary, result: Result) -> Group | None:
    """The one group that holds all bad records of a table, if there is one."""
    bad = [
        g
        for g in result.groups
        if g.table == table.name and g.severity.rank >= Severity.ERROR.rank and g.records
    ]
    return bad[0] if len(bad) == 1 and bad[0].records == table.bad_records else None
