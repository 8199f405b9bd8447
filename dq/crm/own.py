"""Columns that no canonical one fits: what they are about, and their type.

A column is money only by the words of its header, never by its numbers.
"""

from __future__ import annotations

from dq.crm.content import Content, content_of
from dq.crm.conversions import Hints, date_conversion, number_conversion
from dq.crm.mapping import Conversion, OwnColumn
from dq.crm.sample import ColumnSample
from dq.text.dates import detect_serials

__all__ = ["own_columns", "own_kind"]

_RESERVED = frozenset(
    "_row _source _live _deleted _merged _money _won merged_into_id amount_base margin_base "
    "open_days last_activity_at".split()
)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONEY = _set(
    "money revenue price prices amount budget cost costs salary fee fees profit margin income "
    "turnover spend spent expense expenses sum payment payments invoiced mrr arr ltv gmv annualrevenue "
    "выручка выручки сумма бюджет стоимость цена оборот прибыль маржа доход зарплата оклад расход "
    "расходы себестоимость оплата платеж чек долг аванс предоплата виручка сума вартість ціна обіг "
    "прибуток дохід витрати собівартість борг"
)
_NOT_MONEY = _set(
    "number count counts qty quantity кол количество кількість percent percentage % share rate ratio "
    "доля процент відсоток id code code date дата type tier range band currency валюта category hide "
    "score index rank time days months years day installments"
)
_DURATION = _set(
    "duration seconds minutes hours elapsed длительность продолжительность тривалість талк"
)
_DURATION_PHRASES = ("time spent", "talk time", "response time", "время разговора", "час розмови")
_DATE = _set("date at time timestamp on synced modstamp дата время срок час термін created updated")
_NOTE = _set(
    "note notes comment comments remark description body text message примечание комментарий "
    "описание заметка текст сообщение примітка коментар опис нотатка"
)
_PERSON = _set(
    "manager owner agent rep sdr bdr creator author assignee supervisor менеджер ответственный "
    "руководитель куратор автор создал изменил создана изменена отредактировал відповідальний керівник"
)
_PHONE = _set("phone phones mobile tel telephone fax телефон моб факс")
_CITY = _set("city town город місто")
_COUNTRY = _set("country страна країна")
_COMPANY = _set("company organization organisation employer компания организация компанія організація")
_NAME = _set("firstname lastname surname фамилия отчество прізвище піб фио імя")
_NAME_PHRASES = ("first name", "last name", "middle name", "full name", "по батькові")
_TAX = _set("инн inn єдрпоу edrpou іпн рнокпп унп бин иин vat tin")
_URL = _set("url website site link сайт ссылка посилання referrer")
_POSTCODE = _set("zip postcode postal индекс індекс")
_CODE = _set(
    "id ids guid uuid key код code ключ артикул sku № номер number serial gclid yclid fbclid cid uid "
    "vid tid roistat ym"
)


def own_columns(
    columns: list[ColumnSample], taken: frozenset[str], hints: Hints
) -> tuple[OwnColumn, ...]:
    """Own columns under their headers; a name that is taken gets `own_` before it."""
    used = {name.casefold() for name in taken | _RESERVED}
    found = []
    for column in columns:
        name = column.name
        while name.casefold() in used:
            name = f"own_{name}"
        used.add(name.casefold())
        kind, conversion = own_kind(content_of(column), hints)
        found.append(OwnColumn(name=name, source=column.name, conversion=conversion, kind=kind))
    return tuple(found)


def own_kind(content: Content, hints: Hints) -> tuple[str, Conversion]:
    """Kind and conversion of a column by its header and its values."""
    column = content.column
    words = frozenset(column.key.split())
    typed = column.arrow_type
    if typed in {"date", "timestamp", "boolean"}:
        return ("flag" if typed == "boolean" else "date"), Conversion(type=typed)
    if not content.total and not content.flag:
        return _by_header_alone(column.key, words), Conversion()
    if content.hashed:
        return ("id" if words & {"id", "ids", "key", "guid"} else "hash"), Conversion()
    if content.number >= 0.95 and not words & _POSTCODE and not _mixed(content):
        found = _number(content, words, hints)
        if found is not None:
            return found
    if content.flag and not (content.number >= 0.95 and column.distinct < 2):
        return "flag", Conversion(type="boolean")
    if content.date >= 0.95 and not content.whole:
        return _date(content, hints)
    return _text(content, words), Conversion()


def _by_header_alone(key: str, words: frozenset[str]) -> str:
    if words & _NOTE:
        return "note"
    return "id" if key.endswith(" id") or key == "id" else "text"


def _number(
    content: Content, words: frozenset[str], hints: Hints
) -> tuple[str, Conversion] | None:
    """A number by what its header says of it; None where the digits are something else."""
    column = content.column
    if words & _MONEY and not words & _NOT_MONEY:
        conversion = number_conversion(content, "decimal").conversion
        return "money", conversion or Conversion()
    if content.flag and column.distinct == 2:
        return None
    if words & _DATE and detect_serials(content.counts):
        return _date(content, hints)
    if words & _PHONE or content.sure_phone >= 0.9:
        return "phone", Conversion()
    if words & _TAX:
        return "tax_id", Conversion()
    if content.whole >= 0.95 and (words & _CODE or _is_code(content)):
        return "id", Conversion()
    if content.whole >= 0.95 and content.date >= 0.95 and words & _DATE:
        return None
    style = content.numbers
    kind = "integer" if style and style.integers and content.whole >= 0.95 else "decimal"
    conversion = number_conversion(content, kind).conversion or Conversion()
    duration = words & _DURATION or any(p in column.key for p in _DURATION_PHRASES)
    return ("duration" if duration else "number"), conversion


def _mixed(content: Content) -> bool:
    """Codes of digits and letters among the numbers: then all are codes."""
    return any(v.isalnum() and not v.isdigit() and any(c.isdigit() for c in v)
               for v in content.counts)


def _is_code(content: Content) -> bool:
    """Whole numbers with leading zeros, or of one length and longer than most counts, or
    longer still and hardly repeating."""
    sizes = {len(v.partition(".")[0]) for v in content.counts}
    if len(sizes) == 1 and min(sizes) >= 6 and content.column.distinct > 1:
        return True
    if content.share(lambda v: len(v) > 1 and v[0] == "0" and v.isdigit()) >= 0.05:
        return True
    long = content.share(lambda v: len(v.partition(".")[0]) >= 9)
    return long >= 0.9 and content.column.distinct >= 0.9 * content.column.filled


def _date(content: Content, hints: Hints) -> tuple[str, Conversion]:
    reading = date_conversion(content, "timestamp", hints)
    conversion = reading.conversion
    if conversion is None:
        return "text", Conversion()
    timed = any("%H" in f or "%I" in f for f in conversion.formats) or not conversion.formats
    if not timed and not detect_serials(content.counts):
        conversion = Conversion(
            type="date", formats=conversion.formats, empty_words=conversion.empty_words
        )
    return "date", conversion


def _text(content: Content, words: frozenset[str]) -> str:
    key = content.column.key
    if content.email >= 0.8:
        return "email"
    if content.sure_phone >= 0.8 or (words & _PHONE and content.phone >= 0.5):
        return "phone"
    if content.uuid >= 0.9:
        return "id"
    if content.url >= 0.9 or (words & _URL and content.url >= 0.5):
        return "url"
    if words & _TAX and content.whole >= 0.5:
        return "tax_id"
    if words & _POSTCODE:
        return "text"
    if words & _COUNTRY or content.country >= 0.8:
        return "country"
    if words & _CITY:
        return "city"
    if words & _NAME or any(p in key for p in _NAME_PHRASES):
        return "name"
    if words & _PERSON and "id" not in words and content.person >= 0.5:
        return "person"
    if words & _COMPANY and "id" not in words and content.words >= 0.5:
        return "company"
    if "id" in words or (content.id_like >= 0.9 and content.column.unique):
        return "id"
    if words & _NOTE and not content.categorical:
        return "note"
    return "category" if content.categorical else _long(content)


def _long(content: Content) -> str:
    size = sum(len(v) * c for v, c in content.counts.items()) / max(content.total, 1)
    return "note" if size >= 60 else "text"
