from __future__ import annotations

from datetime import date

import pytest
from markdown_it import MarkdownIt

from dq.semantics.exchange import export_glossary
from dq.semantics.glossary import Glossary, glossary_from_text

PROSPECT = """\
# Глоссарий

- **П**: [Перспективный клиент](#term-prospect)

## П

<a id="term-prospect"></a>

### Перспективный клиент

- Имя: `prospect`
- Вид: совокупность: какие записи имеются в виду
- Таблица: лиды
- Ответственный за данные: steward@acme.example
- Другие названия: suspect, лид, тёплый
- Отчёты, где он используется: leads by source, funnel

#### Вся компания, с 01.01.2024 по 30.06.2025 (утверждено)

Лид с бюджетом.

Какие записи:

```sql
budget > 0
```

#### Вся компания, с 01.07.2025

То же и активен.

Что изменилось: adds activity

Какие записи:

```sql
budget > 0 AND status <> 'new'
```

#### Продажи США, с 01.06.2024

Anybody.

Какие записи:

```sql
status <> 'lost'
```

#### Южная Европа, с 01.02.2024

Какие записи:

```sql
kind = 'partner'
```
"""


def test_a_term_in_russian(small: Glossary, today: date) -> None:
    made = export_glossary(
        small,
        "markdown",
        today=today,
        language="ru",
        terms=["prospect"],
        status={"prospect@2024-01-01": "утверждено"},
        uses={"prospect": ["leads by source", "funnel"]},
    )
    assert made.text == PROSPECT


def test_what_a_day_leaves(small: Glossary, today: date) -> None:
    text = export_glossary(
        small, "markdown", today=today, terms=["prospect"], as_of=date(2024, 3, 1)
    ).text
    heads = [line for line in text.splitlines() if line.startswith("####")]
    assert heads == [
        "#### The company, from 1 Jan 2024 to 30 Jun 2025",
        "#### Южная Европа, from 1 Feb 2024",
    ]
    none = export_glossary(
        small, "markdown", today=today, terms=["later"], as_of=date(2024, 3, 1)
    ).text
    assert "No definition is in force on this day." in none


def test_letters_and_unused(small: Glossary, today: date) -> None:
    text = export_glossary(small, "markdown", today=today, uses={"came": ["x"]}).text
    letters = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert letters == ["A", "B", "C", "D", "L", "P", "R", "S", "W"]
    assert text.count("- Reports that use it: none") == len(small.terms) - 1


@pytest.mark.parametrize("which", ["small", "house"])
@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_every_term_has_a_heading(
    which: str, language: str, request: pytest.FixtureRequest, today: date
) -> None:
    glossary: Glossary = request.getfixturevalue(which)
    text = export_glossary(glossary, "markdown", today=today, language=language).text
    html = MarkdownIt().render(text)
    for term in glossary.terms.values():
        assert f'<a id="term-{term.name}"></a>' in html
        assert f'href="#term-{term.name}"' in html
    assert html.count("<h3>") == len(glossary.terms)
    definitions = [
        v for t in glossary.terms.values() for v in (*t.versions, *sum(t.own.values(), ()))
    ]
    assert html.count("<h4>") == len(definitions)


def test_texts_of_others_stay_texts(today: date) -> None:
    glossary = glossary_from_text(
        "glossary: 1\nterms:\n  a_b:\n    kind: population\n    of: deals\n"
        '    label: "# <script>alert(1)</script> *bold* [x](y)"\n'
        '    versions: [{effective: 2024-01-01, means: "- no\\n1. list\\n| t |", '
        "where: \"name = '```'\"}]\n",
        "g",
    )
    text = export_glossary(glossary, "markdown", today=today).text
    html = MarkdownIt().render(text)
    for tag in ("<script", "<em>", "<strong>bold", "<table", "<ol>"):
        assert tag not in html
    assert "# &lt;script&gt;alert(1)&lt;/script&gt; *bold* [x](y)" in html
    assert "````sql\nname = '```'\n````" in text
