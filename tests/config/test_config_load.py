from __future__ import annotations

import pickle
from dataclasses import fields
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from dq.config import (
    Calendar,
    Defaults,
    EngineSettings,
    InputLimits,
    Item,
    OutsideSettings,
    Period,
    RateSettings,
    Relation,
    Settings,
    SourceSettings,
    Tolerance,
    Url,
    find_project,
    load_settings,
    settings_from_text,
    shapes,
)
from dq.errors import ConfigError, UsageError
from dq.findings import Severity

HERE = Path(__file__).parent
REFUSED = YAML(typ="safe").load((HERE / "refused.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def example(dq_yaml_example: str) -> Settings:
    return settings_from_text(dq_yaml_example, Path("project/dq.yaml"))


def read(text: str) -> Settings:
    return settings_from_text(text, Path("dq.yaml"))


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_refuses_with_place_and_advice(case: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        read(case["text"])
    assert str(caught.value) == case["says"]


def test_example_page_is_read_whole(example: Settings) -> None:
    assert example.folder == Path("project")
    assert example.crm == "amocrm"
    assert example.sources == {
        "deals": SourceSettings(
            "deals",
            path="in/deals*.xlsx",
            sheet="Сделки",
            header_row=3,
            footer=("Итого", "Всего"),
            blank_headers=True,
            preset="amocrm",
            timezone="Europe/Moscow",
        ),
        "leads": SourceSettings(
            "leads",
            path="in/leads.csv",
            format="csv",
            encoding="cp1251",
            delimiter=";",
            decimal_mark=",",
            date_order="dmy",
        ),
        "invoices": SourceSettings(
            "invoices",
            url=Url("postgresql://reader:${CRM_PASSWORD}@db.example/crm"),
            table="public.invoices",
        ),
        "payments": SourceSettings(
            "payments",
            url=Url("postgresql://reader:${CRM_PASSWORD}@db.example/crm"),
            query="SELECT * FROM payments WHERE paid_at >= '2024-01-01'",
        ),
    }
    assert example.relations == (Relation("deals", "product", "products", "name"),)
    assert example.defaults == Defaults("RU", "RUB", "ru", "Europe/Moscow")
    assert example.calendar == Calendar(
        holidays="RU",
        days_off=(date(2026, 12, 31),),
        days_on=(date(2026, 11, 7),),
        closed={
            "deals.closed_at": (
                Period("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
                Period("2026-Q2", date(2026, 4, 1), date(2026, 7, 1)),
            )
        },
    )
    assert example.rates == RateSettings("in/rates.csv")
    assert example.rules["C107"].severity is Severity.WARNING
    assert example.rules["C103"].params == {"threshold": Decimal("0.6")}
    assert example.controls["ledger_revenue"].as_of == date(2026, 9, 30)
    assert example.outside["telephony"] == OutsideSettings(
        "telephony",
        pairs="activities",
        keys={"started_at": "time", "owner_id": "extension"},
        tolerance={"started_at": Tolerance(time=timedelta(minutes=2))},
        path="in/calls*.csv",
    )
    assert example.engine == EngineSettings(Url("duckdb"), 4 * 10**9, 2)
    assert example.limits == InputLimits(
        timedelta(minutes=10), 2 * 10**9, 50_000_000, 2000, 64 * 1024
    )
    assert example.retention.runs == timedelta(days=400)
    assert example.review == "pair"
    assert read("review: solo").review == "solo"


def test_example_page_names_every_setting(dq_yaml_example: str) -> None:
    derived = {"name", "place", "folder", "sections", "work_from", "work_to", "other_table"}
    inner = {"amount", "share", "time", "other_column", "template"}
    for name in shapes.__all__:
        for setting in fields(getattr(shapes, name)):
            if setting.name not in derived | inner:
                assert f"{setting.name}:" in dq_yaml_example, f"{name}.{setting.name}"


def test_nothing_declared_is_all_defaults() -> None:
    assert read("") == read("dq: 1\nsources:\n") == Settings(Path())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("engine: local[2]", EngineSettings(Url("local[2]"))),
        ("engine: spark://host:7077", EngineSettings(Url("spark://host:7077"))),
        ("engine: {memory: 2GiB}", EngineSettings(memory=2 * 2**30)),
    ],
)
def test_engine(text: str, expected: EngineSettings) -> None:
    assert read(text).engine == expected


def test_forms_of_single_settings() -> None:
    source = read("sources: {a: {path: a.csv, sheet: 2, footer: 3, delimiter: tab}}").sources["a"]
    assert (source.sheet, source.footer, source.delimiter) == (2, 3, "\t")
    for written in ("pipe", '"|"'):
        text = f"sources: {{a: {{path: a.csv, delimiter: {written}, header_row: [2, 3]}}}}"
        source = read(text).sources["a"]
        assert (source.delimiter, source.header_row) == ("|", (2, 3))
    assert read("sources: {a: {path: a.csv, header_row: 0}}").sources["a"].header_row == 0
    assert read("sources: {a: {path: a.csv, footer: Итого}}").sources["a"].footer == ("Итого",)
    assert read("sources: {Сделки: {path: a.csv}}").sources["Сделки"].path == "a.csv"
    calendar = read("calendar: {work_days: [sun, mon], work_hours: 8:30-17:00, week_start: sun}")
    assert calendar.calendar.work_days == (1, 7)
    assert calendar.calendar.work_from == time(8, 30)
    assert calendar.calendar.week_start == 7
    assert read("rates: in/rates.csv").rates == RateSettings("in/rates.csv")
    log = (
        "outside: {b: {path: b.csv, pairs: invoices, keys: {amount: sum}, tolerance: {amount: %s}}}"
    )
    assert read(log % "0.5%").outside["b"].tolerance["amount"] == Tolerance(share=Decimal("0.005"))
    assert read(log % "0.01").outside["b"].tolerance["amount"] == Tolerance(Decimal("0.01"))


def test_aliases_are_read_but_not_without_end() -> None:
    settings = read("calendar: {days_off: &d [2026-01-02], days_on: *d}").calendar
    assert settings.days_off == settings.days_on
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
    )
    with pytest.raises(ConfigError, match="unfolds to more than 100,000 values"):
        read(bomb)


@pytest.mark.parametrize("depth", [50, pytest.param(1100, marks=pytest.mark.slow)])
def test_deep_nesting_is_refused(depth: int) -> None:
    with pytest.raises(ConfigError, match="nested deeper than 40 levels"):
        read("crm: " + "[" * depth + "]" * depth)


def test_variables_of_a_url_are_filled_only_on_connecting() -> None:
    url = read("store: 'postgresql://dq:${DQ_PASSWORD}@host/dq'").store.url
    assert str(url) == "postgresql://dq:${DQ_PASSWORD}@host/dq"
    assert url.resolve({"DQ_PASSWORD": "s3cret"}) == "postgresql://dq:s3cret@host/dq"
    with pytest.raises(ConfigError) as caught:
        url.resolve({})
    assert str(caught.value) == (
        "dq.yaml:1:8: The environment variable DQ_PASSWORD is not set. Set it before you start dq."
    )


def test_higher_layers_read_their_own_sections() -> None:
    def gate(item: Item) -> str:
        return item.fields("mode")["mode"].choice("enforce", "observe")

    def rules(item: Item) -> int:
        for code, rule in item.entries().items():
            if code != "C107":
                raise rule.unknown(code, ["C107"])
        return 1

    readers = {"gate": gate, "rules": rules}
    text = "gate: {mode: observe}\nrules: {C107: {severity: info}}"
    assert settings_from_text(text, Path("dq.yaml"), readers).sections == {
        "gate": "observe",
        "rules": 1,
    }
    with pytest.raises(ConfigError, match=r"dq\.yaml:1:9: C170 is not known here. .* C107\?"):
        settings_from_text("rules: {C170: {}}", Path("dq.yaml"), readers)
    with pytest.raises(ConfigError, match=r"gate is not known here"):
        read(text)


def test_project_is_found_upwards(tmp_path: Path) -> None:
    below = tmp_path / "отчёты" / "2026"
    below.mkdir(parents=True)
    with pytest.raises(UsageError, match=r"There is no dq\.yaml here"):
        find_project(below)
    (tmp_path / "dq.yaml").write_text("defaults: {country: UA}\n", encoding="utf-8")
    assert find_project(below) == tmp_path.resolve()
    assert load_settings(tmp_path).defaults.country == "UA"
    assert load_settings(tmp_path / "dq.yaml").folder == tmp_path


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("crm: амо\n".encode("cp1251"), ":1:6: The file is not UTF-8. Save it as UTF-8."),
        (b"crm: amocrm\n#\xff\n", ":2:2: The file is not UTF-8. Save it as UTF-8."),
        (b"#" * 5_000_001, "5,000,000 bytes. Take out what does not belong there."),
    ],
)
def test_files_that_cannot_be_text(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "dq.yaml"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert str(caught.value).endswith(says)


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is no file .*dq\.yaml"):
        load_settings(tmp_path / "dq.yaml")


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "dq.yaml"
    path.write_bytes(b"\xef\xbb\xbfcrm: amocrm\r\n")
    assert load_settings(path).crm == "amocrm"


def test_settings_travel_between_processes(example: Settings) -> None:
    assert pickle.loads(pickle.dumps(example)) == example
