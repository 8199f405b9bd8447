"""Real CRM tables, no configuration: what must be found, with its count, and what must not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache

import pytest

from dq.assess import AssessmentSettings
from dq.findings import Group, Outcome, Result
from dq.scanning import scan
from tests.realdata import CRM as DATA

NOW = datetime(2026, 11, 22, 12, 0, 0)

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real tables are not here")


@cache
def _scan(*names: str, include_deleted: bool = False) -> Result:
    return scan(
        [DATA / n for n in names],
        settings=AssessmentSettings(now=NOW, include_deleted=include_deleted),
    )


HASHED = ("A102", "needs.clear_text")


def maven() -> Result:
    return _scan("maven_crm_sales")


def olist() -> Result:
    return _scan("olist_marketing_funnel")


def x_education() -> Result:
    return _scan("x_education_leads/Leads.csv")


def salesforce() -> Result:
    return _scan("fivetran_dbt_salesforce_seeds")


def salesforce_with_deleted() -> Result:
    return _scan("fivetran_dbt_salesforce_seeds", include_deleted=True)


def hubspot() -> Result:
    return _scan("fivetran_dbt_hubspot_seeds")


def groups(
    result: Result, code: str, table: str | None = None, column: str | None = None
) -> list[Group]:
    return [
        g
        for g in result.groups
        if g.code == code
        and (table is None or g.table == table)
        and (column is None or g.column == column)
    ]


def one(result: Result, code: str, **where: str) -> Group:
    found = [g for g in groups(result, code) if all(getattr(g, k) == v for k, v in where.items())]
    assert len(found) == 1, [(g.code, g.table, g.column, g.cause, g.records) for g in found]
    return found[0]


def outcome_of(result: Result, code: str, table: str) -> set[str]:
    return {o.outcome.value for o in result.outcomes if o.code == code and o.table in (table, None)}


@pytest.mark.parametrize(
    "result", [maven, olist, x_education, salesforce, salesforce_with_deleted, hubspot]
)
def test_nothing_errored_and_no_row_is_lost(result: Callable[[], Result]) -> None:
    done = result()
    assert [o for o in done.outcomes if o.outcome is Outcome.ERRORED] == []
    for fact in done.inputs:
        assert fact.rows_read == fact.rows_kept + fact.rows_reported


def test_maven_orphan_product_with_its_near_miss() -> None:
    group = one(maven(), "R101")
    assert group.records == 1480
    assert group.args["suggestion"] == "GTX Pro"
    assert group.args["value"] == "GTXPro"
    assert group.records_won == 729
    assert group.money_won == Decimal(3510578)
    deals = next(t for t in maven().tables if t.name == "deals")
    assert deals.money_won == Decimal(10005534)
    assert deals.won == 4238


def test_maven_blank_accounts_are_one_group_only_before_the_close() -> None:
    group = one(maven(), "C101", column="account_id")
    assert group.records == 1425
    assert group.args["stages"] == "Engaging, Prospecting"


def test_maven_misspelt_words() -> None:
    sector = next(g for g in groups(maven(), "A107") if "technolgy" in str(g.cause))
    assert sector.records == 12
    assert any("Philipines" in str(g.cause) for g in groups(maven(), "A107"))


def test_maven_is_not_drowned() -> None:
    result = maven()
    silent = {"C104", "C105", "C106", "C107", "D101", "D104", "A109", "R102", "R103", "R105"}
    assert {g.code for g in result.groups} & silent == set()
    not_applicable = {o.code for o in result.outcomes if o.outcome is Outcome.NOT_APPLICABLE}
    assert {"C106", "C107"} <= not_applicable
    sellers = list(groups(result, "R106", "users"))
    assert [g.records for g in sellers] == [5]
    assert sum(g.records for g in groups(result, "A106", "deals")) == 1
    assert sum(g.records for g in groups(result, "A106", "accounts")) == 2
    assert len(result.groups) <= 15


def test_maven_open_deals_older_than_any_won_are_one_group() -> None:
    group = one(maven(), "T104")
    assert (group.table, group.records, group.of) == ("deals", 0, 1589)
    assert (group.args["n"], group.args["longest"]) == ("1291", "138")


def test_olist_times_tell_the_zone_and_the_order() -> None:
    heap = one(olist(), "T105")
    assert (heap.table, heap.column, heap.records) == ("deals", "closed_at", 0)
    assert (heap.args["n"], heap.args["hours"]) == ("61", "02:00, 03:00")
    early = one(olist(), "T101")
    assert (early.cause, early.records) == ("lead", 1)
    assert early.examples[0].key == "b91cf8812365f50ff4bda4bcd6206b05"
    assert early.examples[0].value == "2018-03-06 19:38:00"


@pytest.mark.parametrize("result", [maven, olist, x_education])
def test_dates_of_real_tables_are_no_alarm(result: Callable[[], Result]) -> None:
    silent = {"T102", "T103", "T106", "T107", "X101", "X102"}
    assert {g.code for g in result().groups} & silent == set()


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        ("fivetran_dbt_salesforce_seeds", set()),
        # One ticket of 23 was closed three months before it was opened.
        ("fivetran_dbt_hubspot_seeds", {("T101", "tickets", "resolved_at", 1)}),
    ],
)
def test_sentinels_of_a_warehouse_are_open_ends(
    folder: str, found: set[tuple[object, ...]]
) -> None:
    groups = [g for g in _scan(folder).groups if g.code[0] in "TX"]
    assert {(g.code, g.table, g.column, g.records) for g in groups} == found


def test_olist() -> None:
    result = olist()
    zero = one(result, "C104", column="declared_monthly_revenue")
    assert zero.records == 797
    blanks = {g.column: g.records for g in groups(result, "C101")}
    assert blanks["has_company"] == 779
    assert blanks["has_gtin"] == 778
    assert blanks["average_stock"] == 776
    assert blanks["declared_product_catalog_size"] == 773
    assert blanks["lead_behaviour_profile"] == 177
    damaged = {g.examples[0].value: g.records for g in groups(result, "A109", "deals")}
    assert damaged.get("20.máj") == 22
    assert damaged.get("05.jan") == 10
    assert [g.records for g in groups(result, "A109", "accounts")] == [1027]
    assert sum(g.records for g in groups(result, "A106", "deals")) == 2
    assert not groups(result, "C105")
    assert not groups(result, "D101")
    cities = [g for g in groups(result, "A107", "accounts") if g.severity.rank >= 1]
    assert sum(int(g.args.get("values", "1")) for g in cities) == 20
    assert len(cities) == 4


def test_x_education() -> None:
    result = x_education()
    select = {g.column: g.records for g in groups(result, "C104") if "Select" in str(g.cause)}
    assert select == {
        "Specialization": 1942,
        "How did you hear about X Education": 5043,
        "Lead Profile": 4146,
        "City": 2249,
    }
    blanks = {g.column: g.records for g in groups(result, "C101")}
    assert blanks["Lead Quality"] == 4767
    assert blanks["Asymmetrique Activity Index"] == 4218
    assert blanks["Country"] == 2461
    assert any("google" in str(g.cause) for g in groups(result, "A107"))
    tags = [g.records for g in groups(result, "A110", column="Tags")]
    assert {83, 47, 27, 240} <= set(tags)
    constant = {g.column for g in groups(result, "C111") if g.cause == "constant"}
    assert "Magazine" in constant
    assert len(constant) == 5
    assert not groups(result, "A106")
    assert not groups(result, "D101")
    assert 15 <= len(groups(result, "C101")) + len(groups(result, "C104")) <= 25


def test_x_education_workbook_named_csv_is_the_same_table() -> None:
    result = _scan("x_education_leads/Leads_as_found_is_xlsx.csv")
    assert [(i.format, i.rows_read) for i in result.inputs] == [("xlsx", 9240)]
    # The conversion to CSV left its own trace: whole numbers that end in ".0".
    plain = {(g.code, g.column, g.records) for g in x_education().groups if g.code != "A109"}
    assert {(g.code, g.column, g.records) for g in result.groups} == plain


def test_salesforce_won_without_amount_among_the_deleted() -> None:
    """All ten opportunities are deleted: four of five won ones have no amount."""
    deals = next(t for t in salesforce().tables if t.name == "deals")
    assert (deals.read, deals.live, deals.deleted, deals.merged) == (10, 0, 10, 0)
    assert not groups(salesforce(), "C105")
    group = one(salesforce_with_deleted(), "C105", column="amount")
    assert (group.records, group.of) == (4, 5)
    assert not groups(salesforce_with_deleted(), "D104")


def test_salesforce_versions_of_opportunities_alone() -> None:
    """History mode: the version in force is the record, what is gone is not live."""
    history = "fivetran_dbt_salesforce_seeds/sf_opportunity_history_data.csv"
    result = _scan(history, include_deleted=True)
    assert [(i.rows_read, i.tables) for i in result.inputs] == [(10, ("deals",))]
    deals = next(t for t in result.tables if t.name == "deals")
    assert (deals.read, deals.deleted, deals.collapsed) == (10, 10, 0)
    group = one(result, "C105", column="amount")
    assert (group.records, group.of) == (4, 5)


def test_salesforce_versions_beside_the_table_are_kept_and_not_counted() -> None:
    kept = {i.name: i for i in salesforce().inputs if "history" in i.name}
    assert {i.rows_kept for i in kept.values()} == {10, 4}
    assert all(i.tables == () for i in kept.values())
    assert len(kept) == 3


def test_salesforce_counters_of_campaigns() -> None:
    found = groups(salesforce(), "A108", "campaigns")
    told = {g.column: (g.records, float(g.args["stored"]), float(g.args["counted"])) for g in found}
    assert told == {
        "number_of_leads": (4, 270, 2),
        "number_of_contacts": (4, 140, 3),
        "number_of_responses": (4, 90, 2),
    }


def test_salesforce_dead_rows_are_excluded() -> None:
    read = {t.name: (t.read, t.live, t.deleted, t.merged) for t in salesforce().tables}
    assert read["accounts"] == (10, 1, 8, 1)
    assert read["users"] == (10, 4, 6, 0)
    assert all(sum(counts[1:]) == counts[0] for counts in read.values())


def test_hubspot_merged_contacts() -> None:
    """One row lists three merged ids: they are merged, it lives."""
    contacts = next(t for t in hubspot().tables if t.name == "contacts")
    assert (contacts.read, contacts.live, contacts.deleted, contacts.merged) == (22, 19, 0, 3)


def test_hubspot_hostile_header() -> None:
    companies = next(i for i in hubspot().inputs if i.name == "company_data")
    assert "property_hs_all-funky-a9384-syntax" in companies.unmapped


def test_hubspot_hashed_columns() -> None:
    result = hubspot()
    assert not groups(result, "A102")
    assert not groups(result, "F105")
    said = [o.args["columns"] for o in result.outcomes if (o.code, o.reason) == HASHED]
    assert sorted(map(str, said)) == ["contacts.property_email", "users.email"]
    assert [n.code for n in result.notes].count("data.pseudonymised") == 1
    nothing = {(g.table, g.column): g.records for g in groups(result, "C104") if g.cause == "hash"}
    assert nothing["users", "first_name"] == 23
    assert nothing["users", "last_name"] == 23


@pytest.mark.parametrize("result", [salesforce, salesforce_with_deleted, hubspot])
def test_sentinel_dates_are_no_findings(result: Callable[[], Result]) -> None:
    """46 cells of 2050 or 9999 mean that a row is in force."""
    assert not groups(result(), "T102")
    values = {e.value or "" for g in result().groups for e in g.examples}
    assert not [v for v in values if v.startswith(("2050-", "9999-"))]


@pytest.mark.parametrize(
    ("result", "code", "table"),
    [
        (maven, "C106", "deals"),
        (maven, "C107", "deals"),
        (olist, "D101", "leads"),
        (olist, "D101", "accounts"),
        (x_education, "D101", "leads"),
    ],
)
def test_not_applicable(result: Callable[[], Result], code: str, table: str) -> None:
    assert outcome_of(result(), code, table) == {"not_applicable"}


def test_what_is_judged_finds_nothing() -> None:
    """Maven's deals are told apart by account, amount and day; Olist's have no amount."""
    assert outcome_of(maven(), "D101", "deals") == {"passed"}
    assert not groups(olist(), "C105")
    absent = [
        o.args["columns"]
        for o in olist().outcomes
        if o.code == "C105" and o.outcome is Outcome.NOT_APPLICABLE
    ]
    assert absent == ["deals.amount"]


def test_outliers_by_value() -> None:
    """28, 14, 45 and 904 values by a naive rule."""
    assert sum(g.records for g in groups(maven(), "A106", "deals")) == 1
    assert sum(g.records for g in groups(maven(), "A106", "accounts")) == 2
    revenue = [e.value for g in groups(olist(), "A106") for e in g.examples]
    assert sorted(float(v or 0) for v in revenue) == [6, 50_000_000]
    assert not groups(x_education(), "A106")


def test_confessions_by_their_words() -> None:
    assert {str(g.cause): g.records for g in groups(x_education(), "A110")} == {
        "invalid_number": 83,
        "wrong_number": 47,
        "no_number": 27,
        "switched_off": 240,
    }


def test_childless_sellers() -> None:
    group = one(maven(), "R106", table="users")
    assert (group.records, group.of) == (5, 35)


@pytest.mark.parametrize(
    ("result", "most"),
    [(maven, 15), (olist, 45), (x_education, 45), (salesforce, 20), (hubspot, 22)],
)
def test_nobody_is_drowned(result: Callable[[], Result], most: int) -> None:
    assert len(result().groups) <= most


@pytest.mark.parametrize("result", [maven, olist, x_education])
def test_no_record_is_called_artificial(result: Callable[[], Result]) -> None:
    assert [g for g in result().groups if g.code[0] == "F" or g.code == "D106"] == []
    night = [o for o in result().outcomes if o.code == "F106"]
    assert [o.outcome for o in night] == [Outcome.NOT_APPLICABLE]


def test_hashed_names_and_addresses_are_not_read() -> None:
    result = _scan("fivetran_dbt_hubspot_seeds")
    assert not [g for g in result.groups if g.code in ("F101", "F102", "F103", "F105")]
    skipped = {o.args.get("columns") for o in result.outcomes if o.code == "F105"}
    assert {"accounts.property_name", "contacts.property_firstname"} <= skipped
