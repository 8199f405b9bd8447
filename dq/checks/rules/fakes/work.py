"""Who and what stands behind a record: machines, imports, calls and their results."""

from __future__ import annotations

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rules.helpers import rows
from dq.crm.headers import header_key
from dq.sql import portable as f

__all__ = [
    "ANSWERED",
    "answered",
    "has_clock",
    "imported",
    "is_call",
    "is_meeting",
    "is_message",
    "machine",
    "midnight",
    "priced",
    "unanswered",
]

_PRICES = 2_000
_OUT = "[^a-zа-яіїєґё0-9]"
_MACHINE_STEMS = (
    "import|импорт|імпорт|integrat|интеграц|інтеграц|robot|робот|обмен|обмін|exchange|синхр|sync"
    "|migrat|миграц|міграц|систем|system|телефони|telephon|webhook|zapier|automat|автомат"
    "|загрузк|завантажен|data ?load|workflow|скрипт|script"
)
_MACHINE_WORDS = "bot|бот|api|ats|атс|ivr|crm|1с|1c|bpm"
_IMPORT = f"(?:^|{_OUT})(?:import|импорт|імпорт|migrat|миграц|міграц|загрузк|завантажен|upload)"

_CALL = f"(?:^|{_OUT})(?:phone|call|звон|дзвін|дзвон|телефон|виклик|вызов)"
_MEETING = f"(?:^|{_OUT})(?:meet|visit|event|appointment|встреч|зустріч|зустріч|визит|візит|выезд)"
_MESSAGE = (
    f"(?:^|{_OUT})(?:e-?mail|mail|sms|смс|message|chat|communicat|письм|лист|почт|пошт|сообщ"
    "|повідом|чат|whatsapp|telegram|viber|mailing|рассыл|розсил)"
)

ANSWERED = frozenset(
    (
        "answered|answer|call answered|answered call|connected|call connected|reached|spoke"
        "|spoken|talked|conversation|picked up|pick up|successful|successful call|success"
        "|f240bbac-87c9-4f6e-bf70-924b57d47db7"
        "|дозвон|дозвонился|дозвонилась|дозвонились|дозвон успешный|успешный дозвон"
        "|принят|принята|принятый|принятый звонок|ответил|ответила|ответили|ответ|отвечен"
        "|отвечено|отвеченный|отвеченный звонок|успешный|успешный звонок|успешно|успешен"
        "|meeting booked|meeting scheduled|meeting set|meeting agreed|appointment booked"
        "|appointment set|appointment scheduled|booked a meeting|demo booked|demo scheduled"
        "|agreed|interested|not interested|no decision|no decision yet|undecided|thinking"
        "|will think|thinking it over|needs time|waiting for a quote|waiting for quote"
        "|waits for a quote|wants a quote|quote requested|asked for a quote|asks for a quote"
        "|objection|objections|declined the offer|offer accepted|deal agreed|order placed"
        "|встреча назначена|назначена встреча|назначили встречу|назначил встречу"
        "|договорились|договорились о встрече|договорился|договорилась|договоренность"
        "|согласовано|согласовали|согласен|согласна|заинтересован|заинтересована|интересно"
        "|не интересно|неинтересно|не заинтересован|нет решения|решения нет|без решения"
        "|не принято решение|решение не принято|думает|думают|подумает|подумают"
        "|ждет расчет|ждут расчет|ждет кп|ждут кп|просит кп|просят кп|просит расчет"
        "|просят расчет|запросил кп|запросили кп|возражения|есть возражения"
        "|разговор|разговор состоялся|состоялся|состоялся разговор|поговорили|взял трубку"
        "|взяла трубку|есть контакт"
        "|зустріч призначено|призначено зустріч|призначили зустріч|призначив зустріч"
        "|зустріч призначена|домовилися|домовились|домовився|домовилася|домовилась"
        "|домовилися про зустріч|домовились про зустріч|домовлено|домовленість|погоджено"
        "|погодили|згоден|згодна|зацікавлений|зацікавлена|цікаво|не цікаво|нецікаво"
        "|не зацікавлений|без рішення|рішення немає|немає рішення|рішення не прийнято"
        "|подумає|подумають|думає|думають|чекає розрахунок|чекають розрахунок|чекає кп"
        "|чекають кп|чекає на розрахунок|чекають на розрахунок|просить кп|просять кп"
        "|просить розрахунок|просять розрахунок|заперечення"
        "|відповів|відповіла|відповіли|відповідь|відповідь отримано|прийнятий|прийнято|прийнята"
        "|прийнятий дзвінок|успішний|успішний дзвінок|успішно|розмова|розмова відбулася"
        "|відбулася|додзвон|додзвонився|додзвонилась|додзвонилася|додзвонились|поговорили"
    ).split("|")
)
"""Folded results of a call that say somebody took it, or what came of the talk.

"Call back" says neither: nobody may have answered.
"""

_UNANSWERED = (
    f"(?:^|{_OUT})(?:no[ _-]?answer|not answer|unanswer|no reply|missed|miss|busy|no connect"
    "|not connect|cancel|reject|declin|fail|abandon|unreach|not reach|did ?n.?t answer"
    "|не ?ответ|не ?отвеч|нет ответа|без ответа|недозв|не дозв|пропущ|занят|не бер[её]т|не взял"
    "|сброс|сбра|отмен|отклон|неуспеш|не успеш|недоступ|не состоял"
    "|не відпов|невідпов|немає відп|без відп|недодзв|не додзв|пропущен|зайнят|не бере|скасов"
    "|скину|відхил|неуспіш|не успіш|не відбу)"
)


def machine(*texts: exp.Expression) -> exp.Expression:
    """Whether a name, id or role (NULLs allowed) is a robot's, an import's or an integration's."""
    said = f.lower(f.concat_ws(f.lit(" "), *texts))
    pattern = f"(?:^|{_OUT})(?:{_MACHINE_STEMS}|(?:{_MACHINE_WORDS})(?:$|{_OUT}))"
    return f.coalesce(f.search(said, pattern), f.lit(False))


def imported(context: RuleContext, table: str) -> exp.Expression:
    """Whether a record says itself that an import or a form made it: source, form, own columns."""
    facts = context.tables[table]
    signs: list[exp.Expression] = []
    for column in facts.columns.values():
        if not column.filled or column.type != "text" or column.header is None:
            continue
        cell = f.col(column.name)
        if column.name == "form_id" and column.canonical:
            signs.append(f.not_null(cell))
        elif column.name == "source" and column.canonical:
            signs.append(f.search(f.lower(cell), _IMPORT))
        elif not column.canonical and _says_import(column.header):
            signs.append(_names_import(cell))
    return f.any_of(*[f.coalesce(s, f.lit(False)) for s in signs])


def _says_import(header: str) -> bool:
    words = header_key(header).split()
    return any(
        word.startswith(stem)
        for word in words
        for stem in ("import", "импорт", "імпорт", "upload", "batch", "загрузк", "завантаж")
    )


def _names_import(cell: exp.Expression) -> exp.Expression:
    """Whether a cell under such a header names one, and does not say no."""
    no = ("", "-", "0", "no", "false", "none", "нет", "ні", "немає")
    return f.not_(f.in_(f.fold(cell), no))


def is_call(kind: exp.Expression) -> exp.Expression:
    """Whether an activity's kind is a call; never NULL."""
    said = f.lower(kind)
    return f.coalesce(f.search(said, _CALL), f.lit(False))


def is_meeting(kind: exp.Expression) -> exp.Expression:
    """Whether an activity's kind is a meeting or a visit; never NULL."""
    return f.coalesce(f.search(f.lower(kind), _MEETING), f.lit(False))


def is_message(kind: exp.Expression) -> exp.Expression:
    """Whether an activity's kind is a letter or a message, which machines write; never NULL."""
    said = f.lower(kind)
    return f.coalesce(f.all_of(f.search(said, _MESSAGE), f.not_(is_call(kind))), f.lit(False))


def answered(result: exp.Expression) -> exp.Expression:
    """Whether a call's result says that somebody took it; never NULL."""
    bare = f.regexp_replace(f.fold(result), "[ .!]+$", "")
    return f.coalesce(f.in_(bare, sorted(ANSWERED)), f.lit(False))


def unanswered(result: exp.Expression) -> exp.Expression:
    """Whether a call's result says that nobody took it; never NULL."""
    return f.coalesce(f.search(f.lower(result), _UNANSWERED), f.lit(False))


def midnight(moment: exp.Expression) -> exp.Expression:
    """Whether a timestamp is the beginning of a day, as days without a time are."""
    return moment.eq(f.as_timestamp(f.date_of(moment)))


def has_clock(context: RuleContext, table: str, column: str) -> bool:
    """Whether a column is filled and its values tell the time of day."""
    return context.filled(table, column) and context.tables[table].columns[column].has_time


def priced(context: RuleContext, amount: exp.Expression) -> exp.Expression:
    """Whether a sum is a price of the list (its first two thousand prices); never NULL."""
    if not context.filled("products", "list_price"):
        return f.lit(False)
    price = f.as_decimal(f.col("list_price"))
    query = exp.select(f.alias(price, "p")).from_(f.table("crm.products"))
    query = query.where(f.not_null(f.col("list_price"))).distinct()
    found = rows(context, query.order_by(exp.column("p", quoted=True)).limit(_PRICES))
    return f.coalesce(f.in_(amount, [r["p"] for r in found]), f.lit(False))
