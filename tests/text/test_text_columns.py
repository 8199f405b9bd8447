"""What is said of whole columns: variants, defaults, hashes, lost zeros, dictionaries."""

from __future__ import annotations

import csv
import pickle
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dq.text.categories import contradicted, find_variants
from dq.text.damage import DamageJudge, is_code_header, lost_zeros, month_share, rounded_share
from dq.text.dictionaries.loader import NAMES, dictionary, dictionary_for, dictionary_of, known
from dq.text.empties import EMPTY_WORDS, defaults
from dq.text.hashes import hash_form, null_hash, pseudonymised
from dq.text.kinds import profile
from dq.text.notes import ConfessionJudge, repeated_notes
from dq.text.tax import tax_kind
from dq.text.vat import VAT_COUNTRIES

CASES = YAML(typ="safe").load(
    (Path(__file__).parent / "data" / "categories.yaml").read_text(encoding="utf-8")
)
CRM = "crm"


def column(path: Path, name: str, delimiter: str = ",") -> Counter[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return Counter(row[name] for row in csv.DictReader(stream, delimiter=delimiter))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_variants(case: dict[str, Any]) -> None:
    counts = {str(value): n for value, n in case["counts"].items()}
    words = dictionary_for(counts)
    if "dictionary" in case:
        assert words is not None
        assert words.name == case["dictionary"]
    found = find_variants(counts, words)
    seen = sorted([v.value, v.canonical, v.reason, v.certainty] for v in found)
    assert seen == sorted(case["expected"])


def test_another_column_tells_two_names_apart() -> None:
    counts = {"Santa Rosa": 40, "Santa Roza": 2}
    states = {"Santa Rosa": ["RS"], "Santa Roza": ["PR"]}
    apart = find_variants(counts, None, lambda a, b: contradicted(states[a], states[b]))
    assert [v.certainty for v in find_variants(counts)] == ["finding"]
    assert [v.certainty for v in apart] == ["note"]


def test_ten_thousand_values_are_compared_without_a_square() -> None:
    counts = {f"{a}{b} {c}{d}": 1 for a in "abcdefghij" for b in "klmnopqrst" for c in "uvwxyzabcd"
              for d in "efghijklmn"}  # fmt: skip
    assert len(counts) == 10_000
    counts["Novosibirsk"] = 500
    counts["Novosibrisk"] = 2
    found = find_variants(counts)
    assert [v.value for v in found if v.certainty == "finding"] == ["Novosibrisk"]


@given(st.dictionaries(st.text(max_size=12), st.integers(0, 50), max_size=12))
def test_column_functions_are_total(counts: dict[str, int]) -> None:
    values = {v.value for v in find_variants(counts, dictionary_for(counts))}
    assert values <= set(counts)
    for kind in ("text", "money", "number", "date", "category"):
        assert all(0 < d.share <= 1 for d in defaults(counts, kind))
    pseudonymised(counts), month_share(counts), rounded_share(counts), profile(counts, "RU")
    repeated_notes(counts), tax_kind("x", None, counts)


def test_defaults_of_a_list_and_of_money() -> None:
    listed = defaults({"Select": 60, "Mumbai": 30, "Pune": 10, "unknown": 2}, "category")
    assert [(d.value, d.reason, d.certainty) for d in listed] == [
        ("Select", "choice", "finding"),
        ("unknown", "soft", "note"),
    ]
    money = {"0.0": 90, "1000": 3, "5000": 2, "20000": 2, "300000": 1, "70000": 1, "8000": 1}
    assert [(d.value, d.count, d.reason) for d in defaults(money, "money")] == [("0.0", 90, "zero")]
    assert defaults(money, "money", "discount") == []


def test_what_is_no_default() -> None:
    assert defaults({"No": 9000, "Yes": 40}, "flag") == []
    assert defaults({"0": 90, "1": 5, "2": 3, "3": 1, "4": 1, "5": 1}, "number") == []
    assert defaults({"0": 36, "54": 20, "1054": 20, "550": 20, "4514": 20, "50": 4}, "money") == []
    assert defaults({"India": 6492, "Ghana": 2}, "country") == []
    assert defaults({"999": 1, "1000": 5, "4000": 2}, "number") == []
    assert [d.reason for d in defaults({"9999": 5, "12": 5, "40": 2}, "number")] == ["nines"]


def test_empty_words_are_folded() -> None:
    assert {"n/a", "не указано", "не вказано", "select", "null"} <= EMPTY_WORDS
    assert not {"нет", "no", "unknown", "none", ""} & EMPTY_WORDS


def test_hashes() -> None:
    md5 = "900150983cd24fb0d6963f7d28e17f72"
    form = pseudonymised({md5: 90, "1B2M2Y8AsgTpgAmY7PhCfg==": 1, "": 50})
    assert form is not None
    assert (form.encoding, form.length, form.algorithm) == ("hex", 32, "md5")
    assert pseudonymised({md5: 90, "Иван": 10}) is None
    assert pseudonymised([]) is None
    assert [null_hash(v) for v in (
        "d41d8cd98f00b204e9800998ecf8427e", "D41D8CD98F00B204E9800998ECF8427E",
        "1B2M2Y8AsgTpgAmY7PhCfg==", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "37a6259cc0c1dae299a7866489dff0bd", md5,
    )] == ["", "", "", "", "", "null", None]  # fmt: skip
    assert [hash_form(v) for v in ("1" * 32, "a" * 32, "Иванов", "x==")] == [None] * 4


def test_lost_zeros() -> None:
    lost = lost_zeros({5: 2068, 4: 1027})
    assert lost is not None
    assert (lost.length, lost.short, lost.count, lost.of) == (5, 4, 1027, 3095)
    assert lost_zeros({10: 1000, 9: 80}) is not None
    assert lost_zeros({1: 9, 2: 90, 3: 900, 4: 9000}) is None
    assert lost_zeros({5: 1000, 4: 50}, zero_led=4) is None
    assert lost_zeros({7: 500, 8: 3}) is None
    assert lost_zeros({5: 3, 4: 2}) is None
    assert lost_zeros({}) is None
    assert is_code_header("seller_zip_code_prefix")
    assert is_code_header("Почтовый индекс")
    assert not is_code_header("amount")


def test_shares_of_damage() -> None:
    assert month_share({"5-Jan": 8, "6-Feb": 1, "x": 1}) == 0.9
    assert (
        rounded_share({"12345678901234500": 1, "98765432109876500": 1, "11111222223333300": 1})
        == 1.0
    )
    assert rounded_share({"1": 5}) is None


def test_dictionaries() -> None:
    for name in NAMES:
        assert len(dictionary(name).terms) > 80
    assert dictionary("countries").concept("российская федерация") == "RU"
    assert dictionary("cities").concept("санкт петербург") == dictionary("cities").concept("СПб")
    assert known("Technology")
    assert not known("technolgy")
    own = dictionary_of("stages of ours", {"Скоринг": "scoring", "Scoring": "scoring"})
    assert own.closed
    assert own.concept(" скоринг ") == "scoring"
    assert dictionary_for({"Альфа": 5, "Москва": 1}) is None
    assert pickle.loads(pickle.dumps(own)) == own
    with pytest.raises(KeyError):
        dictionary("colours")


def test_profile() -> None:
    assert profile(["79161234567", "79161234568", "79031234567"], "RU").kind == "phone"
    mails = profile({"a@b.com": 5, "-": 2, "Иван Петров": 1})
    assert (mails.kind, mails.filled, round(mails.share, 2)) == ("email", 6, 0.83)
    assert profile({"-": 2}).kind == "empty"


def test_tax_kind() -> None:
    assert tax_kind("ИНН") == "inn"
    assert tax_kind("ИНН", "UA") == "tax_id"
    assert tax_kind("Код ЄДРПОУ") == "edrpou"
    assert tax_kind("tax_id") == "tax_id"
    assert tax_kind("Номер", None, ["7707083893"] * 6) == "inn"
    assert tax_kind("Номер", None, ["1"] * 6) is None
    assert {"DE", "GR", "GB"} <= VAT_COUNTRIES


def test_repeated_notes() -> None:
    notes = {"Позвонил, всё хорошо.": 8, "позвонил, все хорошо": 4, "ок": 50}
    assert repeated_notes(notes) == {"позвонил, все хорошо": 12}


def test_real_categories(shared_data: Path) -> None:
    folder = shared_data / CRM / "olist_marketing_funnel"
    sellers = folder / "olist_sellers_dataset.csv"
    cities = column(sellers, "seller_city", ";")
    states: dict[str, set[str]] = defaultdict(set)
    with sellers.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream, delimiter=";"):
            states[row["seller_city"]].add(row["seller_state"])
    found = find_variants(cities, None, lambda a, b: contradicted(states[a], states[b]))
    assert Counter(v.certainty for v in found) == {"finding": 20, "note": 18}
    education = shared_data / CRM / "x_education_leads" / "Leads.csv"
    sources = find_variants(column(education, "Lead Source"))
    assert [(v.value, v.canonical) for v in sources] == [("google", "Google")]
    for name in ("Country", "Specialization", "Tags", "City", "Last Activity"):
        counts = column(education, name)
        assert find_variants(counts, dictionary_for(counts)) == ()
    accounts = shared_data / CRM / "maven_crm_sales" / "accounts.csv"
    for name, slip in (("sector", "technolgy"), ("office_location", "Philipines")):
        counts = column(accounts, name)
        variants = find_variants(counts, dictionary_for(counts))
        assert [(v.value, v.certainty) for v in variants] == [(slip, "finding")]


def test_real_defaults(shared_data: Path) -> None:
    education = shared_data / CRM / "x_education_leads" / "Leads.csv"
    selects = {
        name: defaults(column(education, name), "category")[0].count
        for name in ("Specialization", "How did you hear about X Education", "Lead Profile", "City")
    }
    assert list(selects.values()) == [1942, 5043, 4146, 2249]
    for name in ("Search", "Do Not Email", "What matters most to you in choosing a course"):
        assert defaults(column(education, name), "flag") == []
    for name in ("TotalVisits", "Total Time Spent on Website", "Page Views Per Visit"):
        assert defaults(column(education, name), "number") == []
    maven = shared_data / CRM / "maven_crm_sales" / "sales_pipeline.csv"
    assert defaults(column(maven, "close_value"), "money") == []
    deals = (
        shared_data / CRM / "olist_marketing_funnel" / "olist_marketing_closed_deals_dataset.csv"
    )
    revenue = defaults(column(deals, "declared_monthly_revenue", ";"), "money")
    assert [(d.value, d.count, d.reason) for d in revenue] == [("0.0", 797, "zero")]


def test_real_confessions(shared_data: Path) -> None:
    judge = ConfessionJudge(tag=True)
    tags = column(shared_data / CRM / "x_education_leads" / "Leads.csv", "Tags")
    said = {v: (found.cause, n) for v, n in tags.items() if (found := judge(v)) is not None}
    assert said == {
        "invalid number": ("invalid_number", 83),
        "wrong number given": ("wrong_number", 47),
        "number not provided": ("no_number", 27),
        "switched off": ("switched_off", 240),
    }


def test_real_damage(shared_data: Path) -> None:
    folder = shared_data / CRM / "olist_marketing_funnel"
    stock = column(folder / "olist_marketing_closed_deals_dataset.csv", "average_stock", ";")
    judge = DamageJudge("category")
    found = {v: (r.suggestion, n) for v, n in stock.items() if (r := judge(v)) is not None}
    assert found == {"20.máj": ("5-20", 22), "05.jan": ("1-5", 10)}
    assert month_share(stock) < 0.8
    zips = column(folder / "olist_sellers_dataset.csv", "seller_zip_code_prefix", ";")
    lengths: Counter[int] = Counter()
    for value, n in zips.items():
        lengths[len(value)] += n
    lost = lost_zeros(lengths, sum(n for v, n in zips.items() if v.startswith("0")))
    assert lost is not None
    assert (lost.count, lost.of) == (1027, 3095)


def test_real_hashes(shared_data: Path) -> None:
    folder = shared_data / CRM / "fivetran_dbt_hubspot_seeds"
    names = column(folder / "owner_data.csv", "first_name")
    assert sum(n for v, n in names.items() if null_hash(v) == "") == 23
    for file, name in (("owner_data.csv", "email"), ("contact_data.csv", "property_email")):
        assert pseudonymised(column(folder / file, name)) is not None
