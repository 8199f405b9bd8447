"""Messy exports made in code: what stands wrong in each is listed beside its maker."""

from __future__ import annotations

import csv
import html
import io
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import openpyxl

__all__ = ["amocrm", "bitrix24", "salesforce", "workbook"]

_SEED = 20240401
_DAY = datetime(2024, 1, 9, 10, 15)
_END = datetime(2024, 4, 1, 9, 0)
_OWNERS = ("Анна Белова", "Сергей Громов", "Ирина Лапина", "Павел Ершов")
_FIRST = ("Олег", "Мария", "Ивон", "Нина", "Тарас", "Лев", "Зоя", "Юрий", "Вера", "Глеб")
_LAST = ("Орлов", "Зима", "Крот", "Мельник", "Бондарь", "Сойка", "Ветров", "Лось", "Кедров", "Шум")
_FIRMS = (
    "Ромашка", "Василёк", "Стройдвор", "Тёплый дом", "Альфа-Окна", "Север", "Луч", "Гранит",
    "Ёлка & Ко", "Дом д'Ор", "Партнёр", "Вектор",
)  # fmt: skip
_GOODS = (("Окно ПВХ", 18000), ("Дверь входная", 32500), ("Монтаж", 7000), ("Отделка", 4500))
_SOURCES = ("Сайт", "Звонок", "Рекомендация", "Выставка")


def bitrix24(deals: int = 120) -> bytes:
    """An "Excel" export of Bitrix24: an HTML table named .xls, deals repeated for each product.

    Wrong in it: the last three deals are won without an amount; two phones have lost digits;
    one e-mail is of gmial.com. Deals 1001 to 1005 have no company, but a contact.
    """
    rng = random.Random(_SEED)
    head = (
        "ID", "Название", "Воронка", "Стадия сделки", "Сумма", "Валюта", "Товар", "Цена",
        "Количество", "Компания", "Контакт", "Контакт: Рабочий телефон",
        "Контакт: Рабочий e-mail", "Ответственный", "Источник", "Дата создания",
        "Предполагаемая дата закрытия", "Дата закрытия", "Комментарий",
    )  # fmt: skip
    rows: list[list[str]] = []
    for number in range(deals):
        firm = "" if number < 5 else f'ООО "{rng.choice(_FIRMS)}"'
        stage = ("Сделка успешна", "Сделка провалена", "В работе", "Новая")[
            0 if number < 5 or number >= deals - 3 else rng.choice((0, 0, 0, 1, 1, 2, 3))
        ]
        first, last = rng.choice(_FIRST), rng.choice(_LAST)
        phone = f"+7 495 {rng.randrange(100, 999)}-{rng.randrange(10, 99)}-{rng.randrange(10, 99)}"
        mail = f"client{number}@primer-okna.ru"
        if number in (40, 41):
            phone = "7,49512E+10"
        if number == 50:
            mail = "client50@gmial.com"
        made = _DAY + timedelta(hours=12 * number + rng.randrange(9))
        closed = min(made + timedelta(days=rng.randrange(3, 60)), _END)
        shown = closed.strftime("%d.%m.%Y") if stage.startswith("Сделка") else "не закрыта"
        source = rng.choice(_SOURCES)
        for product, price in rng.sample(_GOODS, rng.choice((1, 1, 2, 3))):
            count = rng.randrange(1, 6)
            amount = "" if number >= deals - 3 else _spaced(price * count)
            rows.append(
                [
                    str(1001 + number), f"Заказ {number + 1}, {firm or last}", "Общая", stage,
                    amount, "RUB", product, _spaced(price), str(count), firm, f"{first} {last}",
                    phone, mail, _OWNERS[number % 4], source, made.strftime("%d.%m.%Y %H:%M:%S"),
                    (made + timedelta(days=30)).strftime("%d.%m.%Y"), shown,
                    "Перезвонить после 15:00<br>важно" if number % 7 == 0 else "",
                ]
            )  # fmt: skip
    cells = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = "\n".join(
        "<tr>" + "".join(f"<td>{_cell(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    page = (
        '<meta http-equiv="Content-type" content="text/html;charset=UTF-8" />\n'
        '<style type="text/css">td {mso-number-format:\\@;}</style>\n'
        f'<table border="1">\n<thead><tr>{cells}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>\n'
    )
    return page.encode("utf-8")


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0") + ",00"


def _cell(text: str) -> str:
    said = html.escape(text).replace("&lt;br&gt;", "<br>")
    return said.replace("\u00a0", "&nbsp;")


def amocrm(deals: int = 90) -> bytes:
    """A deal export of amoCRM in cp1251, with its headers that stand twice.

    Wrong in it: six won deals have the budget 0; four lost deals have no reason; the last two
    deals are one deal twice. Phones begin with an apostrophe, which is no fault.
    """
    rng = random.Random(_SEED + 1)
    head = (
        "ID", "Название сделки", "Бюджет ", "Ответственный", "Дата создания сделки",
        "Кем создана сделка", "Дата редактирования", "Кем редактирована", "Дата закрытия", "Теги",
        "Примечание", "Примечание 2", "Этап сделки", "Воронка", "Полное имя контакта",
        "Компания контакта", "Ответственный за контакт", "Компания", "Рабочий телефон",
        "Мобильный телефон", "Рабочий email", "Город", "Источник", "Должность", "Товар", "roistat",
        "utm_source", "utm_medium", "cid", "uid", "Товар", "Источник", "roistat", "cid", "uid",
        "Причина отказа",
    )  # fmt: skip
    stages = (
        "Первичный контакт", "Переговоры", "Успешно реализовано", "Закрыто и не реализовано",
    )  # fmt: skip
    rows: list[list[str]] = []
    for number in range(deals):
        stage = stages[2 if number < 6 else rng.choice((0, 1, 2, 2, 3))]
        done = stage in stages[2:]
        made = _DAY + timedelta(hours=19 * number)
        closed = min(made + timedelta(days=rng.randrange(2, 40)), _END)
        end = closed.strftime("%d.%m.%Y %H:%M:%S")
        person = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
        owner, source = _OWNERS[number % 4], rng.choice(_SOURCES)
        lost = sum(row[12] == stages[3] for row in rows)
        reason = "" if stage != stages[3] or lost < 4 else rng.choice(("Дорого", "Нет ответа"))
        phone = f"'+79{rng.randrange(10**8, 10**9)}"
        made_text = made.strftime("%d.%m.%Y %H:%M:%S")
        firm = rng.choice(_FIRMS)
        rows.append(
            [
                str(24_500_000 + 137 * number), f"Заявка № {number + 1}",
                "0" if number < 6 else str(rng.randrange(100, 900) * 500), owner, made_text, owner,
                made_text, owner, end if done else "не закрыта", "окна, сайт", "", "", stage,
                "Воронка", person, firm, owner, firm, "", phone,
                f"lead{number}@mail.ru", "Тверь", source, "", rng.choice(_GOODS)[0], "", "yandex",
                "cpc", "", "", "", source, "", "", "", reason,
            ]
        )  # fmt: skip
    rows[-1][1:] = rows[-2][1:]
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([head, *rows])
    return target.getvalue().encode("cp1251")


def salesforce(deals: int = 80) -> bytes:
    """A report of opportunities as Salesforce exports it: title lines, totals, a footer.

    Wrong in it: five closed-won rows have no amount; “United Sates” stands for a country once.
    """
    rng = random.Random(_SEED + 2)
    head = (
        "Opportunity Owner", "Account Name", "Opportunity Name", "Stage", "Fiscal Period",
        "Amount Currency", "Amount", "Probability (%)", "Close Date", "Created Date", "Next Step",
        "Lead Source", "Type", "Billing Country",
    )  # fmt: skip
    firms = ("Acme Corp", "Globex", "Initech", "Umbra Ltd", "Vandelay", "Hooli", "Stark & Sons")
    rows = []
    total = Decimal(0)
    for number in range(deals):
        stage, chance = rng.choice(
            (("Closed Won", "100"), ("Closed Lost", "0"), ("Proposal", "60"), ("Negotiation", "80"))
        )
        if number < 5:
            stage, chance = "Closed Won", "100"
        amount = Decimal(rng.randrange(50, 4000)) * 25
        made = date(2023, 10, 2) + timedelta(days=number)
        close = min(made + timedelta(days=rng.randrange(10, 90)), _END.date())
        if number >= 5:
            total += amount
        rows.append(
            [
                rng.choice(("Ann Lee", "Bob Ray", "Cid Fox")), rng.choice(firms),
                f"{rng.choice(firms)} - licence {number}", stage, f"Q{(close.month + 2) // 3}-2024",
                "USD", "" if number < 5 else f"{amount:,.2f}", chance,
                f"{close.month}/{close.day}/{close.year}", f"{made.month}/{made.day}/{made.year}",
                "" if chance in ("100", "0") else "Call on Monday 10:00",
                rng.choice(("Web", "Partner", "Trade Show")), "New Business",
                "United Sates" if number == 30 else "United States",
            ]
        )  # fmt: skip
    lines: list[Sequence[str]] = [
        ["Opportunities this fiscal year"],
        ["As of 2024-04-01 09:30:00 Eastern Standard Time. Generated by Ann Lee"],
        ["Filtered By: My team's opportunities"],
        [],
        head,
        *rows,
        [],
        [f"Grand Totals ({deals} records)", "", "", "", "", "USD", f"{total:,.2f}"],
        [],
        ["Confidential Information - Do Not Distribute"],
        ["Copyright © 2000-2024 salesforce.com, inc. All rights reserved."],
    ]
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(lines)
    return target.getvalue().encode("utf-8")


def workbook(deals: int = 60) -> bytes:
    """A workbook kept by hand: a summary, three tables with title lines, a total, an empty sheet.

    Wrong in it: a deal of a company that is not in the list. Phones typed as numbers and dates
    typed as text among real ones are no fault.
    """
    rng = random.Random(_SEED + 3)
    book = openpyxl.Workbook()
    book.active.title = "Сводка"
    for line in (("Продажи по месяцам",), ("Январь", 1200000), ("Февраль", 1350000)):
        book.active.append(line)
    firms = book.create_sheet("Компании")
    firms.append(("Компания", "ИНН", "Телефон", "Город", "Ответственный"))
    for number, name in enumerate(_FIRMS):
        tax = _inn(500_100_000 + 7919 * number)
        owner = _OWNERS[number % 4]
        firms.append((f"ООО {name}", tax, 74951230000 + number, "Тверь", owner))
    sheet = book.create_sheet("Сделки")
    sheet.append(("Реестр сделок отдела продаж",))
    sheet.append(())
    sheet.append(
        ("№", "Название сделки", "Компания", "Сумма, руб.", "Этап", "Дата создания",
         "Дата закрытия", "Ответственный")
    )  # fmt: skip
    total = 0
    for number in range(deals):
        amount = rng.randrange(10, 400) * 1000
        total += amount
        firm = "ООО Призрак" if number == 20 else f"ООО {rng.choice(_FIRMS)}"
        stage = rng.choice(("Успешно реализовано", "В работе", "Закрыто и не реализовано"))
        made = datetime(2024, 1, 10) + timedelta(days=number)
        closed = None if stage == "В работе" else made + timedelta(days=20)
        shown = made.strftime("%d.%m.%Y") if number % 15 == 0 else made
        owner = _OWNERS[number % 4]
        sheet.append(
            (number + 1, f"Договор {number + 1}", firm, amount, stage, shown, closed, owner)
        )
    sheet.append(("Итого", None, None, total))
    people = book.create_sheet("Контакты")
    people.append(("Контакт", "Компания", "Телефон", "Почта"))
    for number in range(30):
        name = f"{_FIRST[number % 10]} {_LAST[(number * 3) % 10]}"
        firm = f"ООО {_FIRMS[number % len(_FIRMS)]}"
        people.append((name, firm, f"8 (910) 555-{number:02d}-{number:02d}", f"p{number}@bk.ru"))
    book.create_sheet("Лист5")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _inn(first: int) -> str:
    """A tax number of a company with its right check digit."""
    digits = [int(c) for c in f"{first:09d}"]
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    check = sum(w * d for w, d in zip(weights, digits, strict=True)) % 11 % 10
    return "".join(map(str, digits)) + str(check)
