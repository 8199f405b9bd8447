"""What departments of the sample mean by one word, recounted by other SQL on its files.

`truth/conflicts.csv` says by hand how the records of two departments stand to each other.
Here each side is written once more, in plain DuckDB SQL over the CSV files, and its records,
their money and their relation are compared with the truth and with what the glossary's
definitions select.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dq.demo.generate import generate
from dq.demo.lexicon import pipelines
from dq.kept import as_of_run
from dq.meaning import Compared, Desk
from dq.project import Project
from dq.runs import latest
from dq.semantics.conflicts import Conflict
from dq.semantics.split import Split

pytestmark = pytest.mark.slow

SEMICOLONS = ("invoices", "payments", "expenses", "tickets", "requests")
EARLY = [name for made in pipelines() for name in made.stages[:2]]
LATE = [name for made in pipelines() for name in made.stages[2:4]]


def words(names: list[str]) -> str:
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names)


BOUGHT = (
    "id in (select account_id from deals where status = 'won' and closed >= {t} - interval 365 day)"
)
SIDES: dict[tuple[str, str], str] = {
    ("lead", "company"): "status = 'new' or status = 'working' or status = 'nurturing'",
    ("lead", "marketing"): "kind = 'inbound'",
    ("qualified_lead", "company"): "answered is not null and money > 0 and status != 'rejected'",
    ("qualified_lead", "marketing"): "form_id is not null and company is not null",
    ("prospect", "company"): (
        "status in ('working', 'nurturing') and money > 0 and last >= {t} - interval 90 day"
    ),
    ("prospect", "sales_us"): "status = 'working'",
    ("prospect", "sales_eu"): "status in ('working', 'nurturing', 'converted')",
    ("prospect", "sales_kz"): "status in ('working', 'nurturing') and kind = 'dealer'",
    ("potential_deal", "company"): f"status = 'open' and stage in ({words(EARLY)})",
    ("potential_deal", "sales_eu"): f"status = 'open' and stage in ({words(LATE)})",
    ("won_deal", "company"): "status = 'won'",
    ("won_deal", "sales_ru"): (
        "status = 'won' and exists (select 1 from invoices i where i.deal_id = t.id"
        " and i.paid >= i.own)"
    ),
    ("closed_deal", "company"): "status in ('won', 'lost')",
    ("closed_deal", "sales_us"): "status in ('won', 'lost')",
    ("active_client", "company"): BOUGHT,
    ("active_client", "service"): "last >= {t} - interval 180 day",
    ("touch", "company"): "true",
    ("touch", "marketing"): "kind not in ('mail opened', 'listing view')",
    ("activity", "company"): "kind in ('call', 'email', 'message', 'meeting')",
    ("activity", "call_centre"): "kind = 'call' and seconds > 0",
    ("activity", "sales_us"): "kind in ('call', 'meeting') and direction = 'outgoing'",
    ("overdue_task", "company"): "done is null and due < {t}",
    ("overdue_task", "sales_ua"): "done > due or (done is null and due < {t})",
    ("seller", "company"): "role in ('inside', 'field') and left_at is null",
    ("seller", "sales_ua"): "role in ('inside', 'field') and left_at is null",
    ("revenue", "company"): "status = 'won'",
    ("revenue", "marketing"): "status = 'won'",
    ("revenue", "sales_eu"): "status = 'won' and pipeline != 'Renewals'",
    ("acquisition_cost", "company"): "client_stage = 'acquire'",
    ("acquisition_cost", "marketing"): "client_stage = 'acquire' and category = 'campaign'",
}
VIEWS = """
create view rate as select currency, day::date as day, rate::decimal(18, 6) as rate from rates_;
create view activities as select *, try_cast(started_at as timestamp) as started,
    try_cast(duration_s as decimal(18, 2)) as seconds from activities_;
create view deals as select *, try_cast(closed_at as timestamp) as closed,
    coalesce(try_cast(closed_at as timestamp), try_cast(created_at as timestamp)) as rated,
    try_cast(amount as decimal(18, 4)) as own, try_cast(cost as decimal(18, 4)) as costs
    from deals_ where is_deleted != 'true' and merged_into_id is null;
create view leads as select *, try_cast(budget as decimal(18, 4)) as money,
    try_cast(first_response_at as timestamp) as answered,
    (select max(started) from activities a where a.lead_id = l.id) as last
    from leads_ l where is_deleted != 'true' and merged_into_id is null;
create view accounts as select *,
    (select max(started) from activities a where a.account_id = l.id) as last
    from accounts_ l where is_deleted != 'true' and merged_into_id is null;
create view invoices as select *, try_cast(replace(amount, ',', '.') as decimal(18, 4)) as own,
    try_cast(replace(paid_amount, ',', '.') as decimal(18, 4)) as paid from invoices_;
create view expenses as select *, try_cast(replace(amount, ',', '.') as decimal(18, 4)) as own,
    try_strptime(spent_at, '%d.%m.%Y') as rated from expenses_;
create view tasks as select *, try_cast(completed_at as timestamp) as done,
    try_cast(due_at as timestamp) as due from tasks_;
create view touches as select * from touches_;
create view users as select * from users_;
"""
TABLES = {
    "lead": "leads", "qualified_lead": "leads", "prospect": "leads", "potential_deal": "deals",
    "won_deal": "deals", "closed_deal": "deals", "active_client": "accounts", "touch": "touches",
    "activity": "activities", "overdue_task": "tasks", "seller": "users", "revenue": "deals",
    "acquisition_cost": "expenses",
}  # fmt: skip
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample, loaded: rules are left to one small table."""
    folder = tmp_path_factory.mktemp("conflicts")
    generate(folder, rows=1500, seed=5)
    project = Project(folder)
    project.run(settings=replace(project.assessment_settings(None), only=("rates",)))
    return folder


@pytest.fixture(scope="module")
def desk(folder: Path) -> Desk:
    return Desk(Project(folder))


@pytest.fixture(scope="module")
def compared(desk: Desk) -> Compared:
    return desk.compare()


@pytest.fixture(scope="module")
def files(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    for path in sorted((folder / "in").glob("*.csv")):
        mark = ";" if path.stem in SEMICOLONS else ","
        con.execute(
            f"create table {path.stem}_ as select * from read_csv(?, all_varchar = true, "
            f"delim = '{mark}', header = true, quote = '\"')",
            [str(path)],
        )
    con.execute(VIEWS)
    con.execute("create table won (account_id varchar, cents decimal(18, 2))")
    rates = Rates(con)
    for account, *own in con.execute(
        "select account_id, own, currency, rated from deals where status = 'won'"
    ).fetchall():
        con.execute("insert into won values (?, ?)", [account, rates.cents(*own)])
    yield con
    con.close()


@pytest.fixture(scope="module")
def as_of(folder: Path) -> datetime:
    run = latest(folder)
    assert run is not None
    return as_of_run(run)


@pytest.fixture(scope="module")
def truth(folder: Path) -> list[dict[str, str]]:
    with (folder / "truth" / "conflicts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Rates:
    """Euros for one unit: the last rate on or before a day, not older than a week."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.days: dict[str, list[tuple[date, Decimal]]] = {}
        for currency, day, rate in con.execute("select * from rate order by day").fetchall():
            self.days.setdefault(currency, []).append((day, rate))

    def cents(
        self, amount: Decimal | None, currency: str | None, when: datetime | None
    ) -> Decimal | None:
        """A row's amount in euros, half-even to the cent; None where it is not known."""
        if amount is None:
            return None
        rate = Decimal(1)
        if currency not in (None, "EUR"):
            known = self.days.get(currency or "", [])
            if when is None:
                return None
            day = when.date()
            place = bisect_right(known, (day, Decimal(10**9))) - 1
            if place < 0 or (day - known[place][0]).days > 7:
                return None
            rate = known[place][1]
        return (amount * rate).quantize(CENT, ROUND_HALF_EVEN)


MONEY = {
    "leads": "t.money, 'EUR', null::timestamp",
    "deals": "t.own, t.currency, t.rated",
    "expenses": "t.own, t.currency, t.rated",
    "accounts": "(select sum(cents) from won w where w.account_id = t.id), 'EUR', null::timestamp",
}
"""Amount, currency and day of a record; a company's is that of its won deals."""


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def relation(a: int, b: int, both: int) -> str:
    if (not a) != (not b):
        return "empty"
    if a == b == both:
        return "equal"
    if both == 0:
        return "disjoint"
    return "subset" if both == a else "superset" if both == b else "overlap"


def selected(
    con: duckdb.DuckDBPyConnection, rates: Rates, term: str, a: str, b: str, as_of: datetime
) -> list[tuple[bool, bool, Decimal | None]]:
    """(counted by a, counted by b, money) of each record."""
    moment = f"timestamp '{as_of:%Y-%m-%d %H:%M:%S}'"
    one, other = (SIDES[term, side].replace("{t}", moment) for side in (a, b))
    table = TABLES[term]
    money = MONEY.get(table, "null::decimal(18, 4), null, null::timestamp")
    sql = f"select coalesce({one}, false), coalesce({other}, false), {money} from {table} t"
    return [(x, y, rates.cents(*own)) for x, y, *own in con.execute(sql).fetchall()]


def pair(conflicts: tuple[Conflict, ...], term: str, a: str, b: str) -> Conflict:
    (found,) = [
        c
        for c in conflicts
        if (c.term.name, c.a.department or "company", c.b.department or "company") == (term, a, b)
    ]
    return found


def test_the_truth_names_every_pair(
    compared: Compared, truth: list[dict[str, str]], desk: Desk
) -> None:
    listed = [(row["term"], row["a"], row["b"]) for row in truth]
    found = {
        (c.term.name, c.a.department or "company", c.b.department or "company")
        for c in compared.conflicts
    }
    assert len(listed) == len(set(listed))
    assert set(listed) == found
    assert all(row["why"] for row in truth)
    assert {row["relation"] for row in truth} == {
        "equal", "subset", "superset", "disjoint", "overlap", "empty",
    }  # fmt: skip
    kinds = {desk.meaning().glossary.terms[row["term"]].kind for row in truth}
    assert kinds == {"population", "measure"}


def test_recounted_by_other_sql(
    files: duckdb.DuckDBPyConnection,
    compared: Compared,
    truth: list[dict[str, str]],
    as_of: datetime,
) -> None:
    said: dict[tuple[str, str, str], Any] = {}
    counted: dict[tuple[str, str, str], Any] = {}
    rates = Rates(files)
    for row in truth:
        term, a, b = key = (row["term"], row["a"], row["b"])
        records = selected(files, rates, term, a, b, as_of)
        sides = [
            [money for x, _, money in records if x],
            [money for _, y, money in records if y],
            [money for x, y, money in records if x and y],
        ]
        counts = [len(side) for side in sides]
        sums = [total(side) for side in sides]
        counted[key] = (row["relation"], counts)
        assert relation(counts[0], counts[1], counts[2]) == row["relation"], key
        measured = pair(compared.conflicts, term, a, b).measured
        assert measured is not None, key
        three = (measured.a, measured.b, measured.both)
        said[key] = (measured.relation, [side.records for side in three])
        for side, exact in zip(three, sums, strict=True):
            assert (side.money is None) == (exact is None), key
            # A product that ends at half a cent may fall to either side in a double.
            assert abs((side.money or 0) - (exact or 0)) <= 5 * CENT, key
    assert said == counted


def test_measures_differ_by_what_the_truth_says(
    compared: Compared, truth: list[dict[str, str]], desk: Desk
) -> None:
    """The proof never contradicts the data, and differs says what else is not the same."""
    for row in truth:
        found = pair(compared.conflicts, row["term"], row["a"], row["b"])
        assert list(found.differs) == row["differs"].split(), row
        proved = found.proved
        if row["relation"] in ("overlap", "disjoint"):
            assert proved in (row["relation"], "overlap", None), row
        if proved in ("equal", "subset", "superset", "disjoint"):
            assert row["relation"] in (proved, "equal", "empty"), row


def test_lint_warns_of_the_planted_conflicts_only(desk: Desk, truth: list[dict[str, str]]) -> None:
    issues, _ = desk.lint()
    loud = [issue for issue in issues if issue.level != "info"]
    assert {issue.code for issue in loud} == {"S105"}
    told = sorted(
        (row["term"], row["a"], row["b"])
        for row in truth
        if row["relation"] != "equal" or row["differs"]
    )
    named = sorted(
        (issue.args["term"], issue.args["a"] or "company", issue.args["b"]) for issue in loud
    )
    assert named == told


def lost(con: duckdb.DuckDBPyConnection, first: str, after: str, *, profit: bool) -> Fraction:
    """Lost profit of a period: by its first definition the amounts, by its second the profit."""
    amount = "own - costs" if profit else "own"
    also = "and lost_side in ('client', 'seller')" if profit else ""
    rates = Rates(con)
    rows = con.execute(
        f"select {amount}, currency, rated from deals where status = 'lost' {also} "
        f"and closed >= '{first}' and closed < '{after}'"
    ).fetchall()
    return Fraction(total(rates.cents(*row) for row in rows) or 0)


def test_the_change_of_lost_profit(files: duckdb.DuckDBPyConnection, desk: Desk) -> None:
    """From 2026 on it is profit: the fall is split between the definition and the data."""
    old = lost(files, "2025-10-01", "2026-01-01", profit=False)
    new = lost(files, "2026-01-01", "2026-04-01", profit=True)
    old_by_new = lost(files, "2025-10-01", "2026-01-01", profit=True)
    new_by_old = lost(files, "2026-01-01", "2026-04-01", profit=False)
    found = desk.diff("lost_profit@2025-Q4", "lost_profit@2026-Q1")
    assert isinstance(found, Split)
    assert (found.before.value, found.after.value) == (old, new)
    assert found.crossed == (old_by_new, new_by_old)
    definition = ((old_by_new - old) + (new - new_by_old)) / 2
    assert (found.definition, found.data) == (definition, (new - old) - definition)
    assert abs(definition) > abs(found.data)  # a change that matters in money


def test_the_change_of_prospect(
    files: duckdb.DuckDBPyConnection, desk: Desk, as_of: datetime
) -> None:
    """The window of activity leaves a few of many."""
    row = files.execute(
        "select count(*), count(*) filter (last >= $t - interval 90 day) from leads "
        "where status in ('working', 'nurturing') and money > 0",
        {"t": as_of},
    ).fetchone()
    assert row is not None
    found = desk.diff("prospect@2025-06-30", "prospect@2025-07-01")
    assert isinstance(found, Conflict)
    assert found.relation == "superset"
    assert found.measured is not None
    assert (found.measured.a.records, found.measured.b.records) == row
    assert 0 < row[1] < row[0] / 3
