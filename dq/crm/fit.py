"""Whether the values of a column agree with what its header says."""

from __future__ import annotations

from collections.abc import Collection

from dq.crm.content import FLAG_WORDS, Content
from dq.crm.drafts import Candidate
from dq.crm.headers import header_key
from dq.crm.model import Column, Entity
from dq.crm.stages import stage_status
from dq.text.dates import detect_serials

__all__ = ["SURE", "converts", "fits", "says_open", "tells_itself"]

OPEN_WORDS = frozenset(
    header_key(w)
    for w in (
        "не закрыта", "не закрыто", "не закрыт", "не закрита", "не закрито", "not closed", "open",
        "открыта", "открыто", "відкрита", "бессрочно", "безстроково", "present", "current", "now",
        "по настоящее время", "по н. в.", "дотепер", "в работе", "не завершена", "never",
    )
)  # fmt: skip
"""Texts in a date column that say that the end has not come."""

NO, AGREE, UNIQUE, SURE = 0.0, 0.001, 0.05, 0.18


def fits(column: Column, content: Content) -> float:
    """0 when the values deny the column; else what to add to the header's confidence."""
    if not content.total:
        return AGREE
    if column.name == "id" and max(content.id_like, content.whole) >= 0.9:
        return UNIQUE if content.column.unique else AGREE
    if column.relation or column.kind in {"id", "person"}:
        return NO if content.date >= 0.5 or (content.number >= 0.9 and not content.whole) else AGREE
    if column.type in {"date", "timestamp"}:
        return _date(content)
    if column.type in {"decimal", "double", "integer"}:
        return AGREE if not content.hashed and content.number >= 0.7 else NO
    if column.type == "boolean":
        return AGREE if content.flag else NO
    if content.hashed:
        return AGREE
    return _text(column, content)


def says_open(value: str, also: Collection[str] = ()) -> bool:
    """Whether a text says that the end has not come; `also` are keys of further such words."""
    if value[:1].isdigit():
        return False  # a date, as nearly all values here: not worth folding
    key = header_key(value)
    return key in OPEN_WORDS or key in also


def converts(column: Column, content: Content, empty_words: tuple[str, ...] = ()) -> bool:
    """Whether at least a fifth of the values are of the column's type; for sure headers."""
    none = {header_key(w) for w in empty_words}
    said = sum(c for v, c in content.counts.items() if not says_open(v, none))
    if not said:
        return True
    if column.type in {"date", "timestamp"}:
        good = content.date * content.total / said
        return good >= 0.2 or detect_serials(content.counts) is not None
    if column.type == "boolean":
        return content.share(lambda v: v.casefold() in FLAG_WORDS) >= 0.2
    return not content.hashed and content.number >= 0.2


def _date(content: Content) -> float:
    if content.hashed:
        return NO
    if content.date >= 0.7:
        return AGREE
    if detect_serials(content.counts):
        return AGREE
    dated = {v: c for v, c in content.counts.items() if not says_open(v)}
    if dated and len(dated) < len(content.counts):
        return AGREE if content.date * content.total >= 0.7 * sum(dated.values()) else NO
    return NO


def _text(column: Column, content: Content) -> float:
    shares = {
        "email": content.email,
        "phone": content.phone,
        "country": content.country,
        "url": content.url,
        "tax_id": content.inn,
    }
    if column.kind in shares:
        share = shares[column.kind]
        if share >= 0.8:
            return SURE
        others = max(v for k, v in shares.items() if k != column.kind)
        if column.kind in {"email", "phone"}:
            return AGREE if share >= 0.3 or (others < 0.5 and content.date < 0.5) else NO
        if column.kind == "tax_id":
            return AGREE if content.whole >= 0.5 else NO
        return AGREE if content.date < 0.5 and content.email < 0.5 else NO
    if content.date >= 0.7 or content.email >= 0.7:
        return NO
    if column.kind in {"name", "company"} or column.name == "name":
        return NO if content.number >= 0.7 or content.flag else AGREE
    if column.name in {"stage", "status", "to_stage", "from_stage"}:
        return _stage(content)
    if column.kind == "category":
        return NO if content.number >= 0.9 and not _codes(content) else AGREE
    return AGREE


def _stage(content: Content) -> float:
    if content.column.distinct > 300:
        return NO
    return SURE if content.share(stage_status) >= 0.6 else AGREE


def _codes(content: Content) -> bool:
    """Numbers that are codes of a category: whole, few, coming back."""
    return content.whole >= 0.95 and content.column.distinct <= 50


def tells_itself(entity: Entity, content: Content) -> Candidate | None:
    """A target that the values alone tell, whatever the header says."""
    if content.hashed or content.column.distinct < 3:
        return None
    for target, share, least in (
        ("email", content.email, 0.9),
        ("phone", content.sure_phone, 0.9),
        ("tax_id", content.inn, 0.95),
    ):
        if target in entity.columns and share >= least:
            args: dict[str, object] = {"what": target, "percent": round(share * 100)}
            return Candidate(target, 0.85, "mapping.by_content", args)
    return None
