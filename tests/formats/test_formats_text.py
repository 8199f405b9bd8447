"""Text: exact, in three languages, at several widths."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dq.errors import Place, SourceError
from dq.findings import Note, Outcome, Result, RuleOutcome, Severity
from dq.formats import render
from dq.formats.terminal import text_width


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_exact_text(language: str, sample: Result, words: Any, expect: Any) -> None:
    expect(f"text.{language}.txt", render(sample, "text", language=words(language)))


def test_exact_verbose_text(sample: Result, words: Any, expect: Any) -> None:
    expect("text.verbose.en.txt", render(sample, "text", language=words("en"), verbose=True))


def test_quiet_is_the_headline(sample: Result, words: Any) -> None:
    assert render(sample, "text", language=words("en"), quiet=True) == (
        "1,492 of 8,800 deals (17%) have an error; "
        "38.8% of the total of 10,005,534 rests on them.\n"
    )


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
@pytest.mark.parametrize("width", [60, 80, 140])
def test_lines_fit_the_terminal(width: int, language: str, sample: Result, words: Any) -> None:
    text = render(sample, "text", language=words(language), width=width, verbose=True)
    assert isinstance(text, str)
    commands = ("dq scan", "dq init", "dq.yaml")
    too_wide = [
        line
        for line in text.splitlines()
        if text_width(line) > width and not any(word in line for word in commands)
    ]
    assert too_wide == []


def test_no_colour_unless_asked(sample: Result, words: Any) -> None:
    plain = render(sample, "text", language=words("en"))
    colored = render(sample, "text", language=words("en"), color=True)
    assert isinstance(plain, str)
    assert isinstance(colored, str)
    assert "\x1b" not in plain
    assert "\x1b[31m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_nothing_wrong(sample: Result, words: Any) -> None:
    clean = replace(sample, outcome="clean", exit_code=0, groups=(), notes=(), inputs=(), tables=())
    clean = replace(clean, as_of_origin="declared")
    text = render(clean, "text", language=words("en"), project=Path())
    assert text == (
        "As of   31 Dec 2017, as asked\n"
        "Result  Nothing wrong was found: 1 rule looked at the data.\n"
        "\n"
        "Not applicable: C106\u00a0(deals.lost_reason), C107\u00a0(deals.next_step, "
        "deals.next_step_at),\n"
        "  T103\u00a0(stage_history), X101\u00a0(activities)\n"
        "No data to judge: F103\u00a0(companies)\n"
    )


@pytest.mark.parametrize(
    ("changes", "language", "headline"),
    [
        ({"groups": (), "outcomes": (), "tables": ()}, "en",
         "Nothing was judged: no rule found data that it applies to."),
        ({"tables": ()}, "en", "5 groups of errors were found."),
        ({"tables": ()}, "ru", "Найдено 5 групп ошибок."),
        ({"outcome": "errored", "outcomes": ()}, "en",
         "The result is incomplete: the work could not finish."),
    ],
)  # fmt: skip
def test_headlines(
    changes: dict[str, Any], language: str, headline: str, sample: Result, words: Any
) -> None:
    changed = replace(sample, **changes)
    assert render(changed, "text", language=words(language), quiet=True) == headline + "\n"


def test_headline_of_warnings_only(sample: Result, words: Any) -> None:
    warnings = tuple(g for g in sample.groups if g.severity is Severity.WARNING)
    tables = tuple(replace(table, bad_records=0) for table in sample.tables)
    changed = replace(sample, groups=warnings, tables=tables)
    assert render(changed, "text", language=words("uk"), quiet=True) == (
        "Помилок немає, але на 14 зауважень варто глянути.\n"
    )


def test_headline_counts_records_without_an_amount(sample: Result, words: Any) -> None:
    groups = tuple(g for g in sample.groups if g.table == "contacts")
    changed = replace(sample, groups=groups)
    assert render(changed, "text", language=words("ru"), quiet=True) == (
        "Ошибки есть в 104 из 1\u00a0912 контактов (5,4\u00a0%).\n"
    )


def test_a_crashed_rule_comes_first(sample: Result, words: Any) -> None:
    crash = RuleOutcome(
        "T103",
        "deals",
        Outcome.ERRORED,
        reason="reason.crashed",
        args={"reason": "no column stage"},
    )
    text = render(
        replace(sample, outcome="errored", outcomes=(crash,)), "text", language=words("en")
    )
    assert isinstance(text, str)
    assert "Result  The result is incomplete: 1 rule could not finish.\n" in text
    assert (
        "Could not finish: T103\u00a0Stage skipped or reversed (deals): "
        "the rule stopped: no column stage\n"
    ) in text


def test_a_run_names_its_own_commands(sample: Result, words: Any) -> None:
    run = replace(sample, run_id="r1")
    text = render(run, "text", language=words("en"), project=Path())
    assert isinstance(text, str)
    assert text.endswith(
        "\nNext: dq explain R101  what the worst finding means and how to repair it\n"
        "      dq findings      the records, by rule, owner or origin, or in a spreadsheet\n"
        "      dq run           after the repair: what is left\n"
    )
    elsewhere = render(run, "text", language=words("en"), project=Path("my crm"))
    assert "      dq -C 'my crm' run       after" in str(elsewhere)


def test_fresh_data_need_no_warning(sample: Result, words: Any) -> None:
    text = render(replace(sample, as_of=date(2018, 1, 9)), "text", language=words("en"))
    assert isinstance(text, str)
    assert "As of   9 Jan 2018, the newest event in the data\n" in text


@pytest.mark.parametrize(
    ("as_of", "language", "said"),
    [
        (date(2017, 1, 1), "en", "1 Jan 2017, where the data end, 376 days before this run"),
        (date(2016, 1, 1), "en", "1 Jan 2016, where the data end, about 2 years before this run"),
        (date(2012, 6, 1), "ru", "на этом данные кончаются, примерно за 6 лет до проверки"),
        (date(2016, 1, 1), "uk", "на цьому дані закінчуються, приблизно за 2 роки до перевірки"),
    ],
)
def test_old_data_say_so_once(
    sample: Result, words: Any, as_of: date, language: str, said: str
) -> None:
    text = str(render(replace(sample, as_of=as_of), "text", language=words(language)))
    assert said in " ".join(text.split())


def test_at_most_three_groups_of_one_kind_come_first(
    sample: Result, words: Any, group: Any
) -> None:
    alike = tuple(group(code="R101", cause=f"name {i}", column="product_id") for i in range(9))
    other = group(code="C105", column="closed_at")
    text = str(render(replace(sample, groups=(*alike, other)), "text", language=words("en")))
    assert text.count("R101 · deals.product_id") == 3
    assert text.count("C105 · deals.closed_at") == 1
    assert "+ Relations: 6 errors" in text
    everything = render(
        replace(sample, groups=(*alike, other)), "text", language=words("en"), verbose=True
    )
    assert str(everything).count("R101 · deals.product_id") == 9


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("won_date", True),
        ("Close date", False),  # as the sentence says it
        ("closed_at", False),  # as the place says it
        (None, False),
    ],
)
def test_a_group_names_the_column_of_the_file(
    sample: Result, words: Any, group: Any, header: str | None, said: bool
) -> None:
    found = group(column="closed_at", header=header)
    text = str(render(replace(sample, groups=(found,)), "text", language=words("en")))
    assert (f"column “{header}” of the file" in text) is said
    assert ("of the file ·" in text) is said


def test_what_amounts_are_in(sample: Result, words: Any) -> None:
    units, several = "units of the file", "in several currencies and are not added"
    assert units in " ".join(str(render(sample, "text", language=words("en"))).split())
    euro = str(render(replace(sample, currency="EUR"), "text", language=words("en")))
    assert units not in euro
    mixed = Note("money.several_currencies", {"table": "deals"}, "warning", table="deals")
    tables = tuple(replace(table, money=None, money_won=None) for table in sample.tables)
    said = replace(sample, notes=(mixed,), tables=tables, groups=())
    assert several in " ".join(str(render(said, "text", language=words("en"))).split())


def test_won_deals_without_an_amount_are_counted_all_the_same(
    sample: Result, words: Any, group: Any
) -> None:
    found = group(money="0", money_won="0", records_won=6)
    text = str(render(replace(sample, groups=(found,)), "text", language=words("en")))
    assert " · 6 won deals\n" in text


def test_hostile_names_are_inert(sample: Result, words: Any, group: Any) -> None:
    evil = group(
        column="x\x1b[2J",
        cause="\u202eevil",
        examples=[["k\ney", "\x1b]0;title\x07" + "v" * 10_000, 2]],
        file="../a\tb.csv",
    )
    text = render(replace(sample, groups=(evil,)), "text", language=words("en"))
    assert isinstance(text, str)
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    assert "␛[2J" in text
    assert "k⏎ey  ␛]0;title␇v" in text
    assert max(map(len, text.splitlines())) < 200


def test_currency_is_shown_once_it_is_known(sample: Result, words: Any) -> None:
    text = render(replace(sample, currency="RUB"), "text", language=words("ru"))
    assert isinstance(text, str)
    assert "10\u00a0005\u00a0534\u00a0₽" in text
    assert "единицах файла" not in text


def _infos(sample: Result, serious: int, infos: int) -> Result:
    plain = next(g for g in sample.groups if g.severity is Severity.INFO)
    loud = [g for g in sample.groups if g.severity is not Severity.INFO][:serious]
    quiet = [replace(plain, id=f"i{i}", cause=f"c{i}") for i in range(infos)]
    return replace(sample, groups=(*loud, *quiet))


@pytest.mark.parametrize(
    ("serious", "infos", "shown", "folded"),
    [(5, 29, 8, "26 for information"), (6, 29, 6, "29 for information"), (0, 2, 2, None)],
)
def test_what_is_for_information_does_not_flood(
    serious: int, infos: int, shown: int, folded: str | None, sample: Result, words: Any
) -> None:
    text = render(_infos(sample, serious, infos), "text", language=words("en"))
    assert isinstance(text, str)
    marks = [line for line in text.splitlines() if line[:2] in {"✗ ", "! ", "· "}]
    assert len(marks) == shown
    assert [line for line in text.splitlines() if line.startswith("+ ")] == (
        [f"+ Relations: {folded}"] if folded else []
    )


def test_a_file_that_could_not_be_read_stands_at_the_top(sample: Result, words: Any) -> None:
    error = SourceError("No row holds headers.", where=Place(file="bad.csv"), fix="Add them.")
    note = Note("source.refused", {"error": error}, "error", file="bad.csv")
    refused = replace(sample, outcome="errored", exit_code=3, notes=(*sample.notes, note))
    text = render(refused, "text", language=words("en"))
    assert isinstance(text, str)
    assert "\nNot read  bad.csv: No row holds headers. Add them.\n" in text
    assert "Result    1 file could not be read. 1,492 of 8,800 deals (17%) have" in text
    page = render(refused, "html", language=words("en"))
    assert isinstance(page, str)
    assert page.index("No row holds headers.") < page.index("AltoPro")


def test_what_everyone_expects_is_not_said(sample: Result, words: Any) -> None:
    notes = (
        Note("source.delimiter", {"delimiter": ","}, file="a.csv"),
        Note("source.encoding_detected", {"encoding": "utf-8"}, file="a.csv"),
        Note("source.delimiter", {"delimiter": ";"}, file="a.csv", setting=("delimiter", ";")),
        Note("mapping.preset_told", {"preset": "amoCRM", "n": 1}, setting=("preset", "amocrm")),
        Note("source.sheet_read", {"sheet": "Deals"}, file="a.csv", setting=("sheet", "Deals")),
        Note("source.delimiter", {"delimiter": "|"}, file="b.csv", setting=("delimiter", "|")),
    )
    text = render(replace(sample, inputs=(), notes=notes), "text", language=words("en"))
    assert isinstance(text, str)
    assert "a.csv" not in text
    assert text.count("Note: ") == 1
    assert "dq.yaml" not in text.split("Note: ")[1]


def test_one_table_one_group_names_the_won_part(sample: Result, words: Any) -> None:
    groups = tuple(g for g in sample.groups if g.code == "R101" and g.records == 1480)
    tables = tuple(
        replace(table, bad_records=1480 if table.name == "deals" else 0) for table in sample.tables
    )
    changed = replace(sample, groups=groups, tables=tables)
    assert render(changed, "text", language=words("en"), quiet=True) == (
        "1,480 of 8,800 deals (16.8%) have an error; of them 729 won, with 3,510,578 of "
        "10,005,534 (35.1%).\n"
    )


def test_hashes_and_long_decimals_are_cut_in_sentences(
    sample: Result, words: Any, group: Any
) -> None:
    digest = "d41d8cd98f00b204e9800998ecf8427e"
    odd = group(
        code="R101", column="product_id", cause=digest,
        args={"target": "products", "value": digest, "suggestion": "0.333333333"},
    )  # fmt: skip
    text = render(replace(sample, groups=(odd,)), "text", language=words("en"))
    assert isinstance(text, str)
    assert digest not in text
    assert "“d41d8cd9…”" in text
    assert "“0.3333”" in text
