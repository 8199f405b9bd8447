"""E-mail addresses: form, near misses of common domains, several in a cell (A102)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from dq.text.dictionaries.files import lines
from dq.text.empties import empty_word
from dq.text.verdict import Verdict

__all__ = ["EmailJudge", "common_domains", "near_domain", "normalise", "split_addresses"]

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:[.][A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+"
    r"(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{2,59})"
)
_WIDE = re.compile(
    r"[^\s@<>()\[\],;:\"\\]+@(?:[^\W_](?:[\w-]*[^\W_])?[.])+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]+)"
)
_QUOTED = re.compile(r'"(?:[^"\\\r\n]|\\.)+"@(?:[A-Za-z0-9-]+[.])+[A-Za-z]{2,63}')
_DISPLAY = re.compile(r"^(?P<name>[^<>@]*?)\s*<\s*(?P<address>[^<>\s]+@[^<>\s]+)\s*>[.,;]?$")
_NAMED = re.compile(r"^(?P<address>[^\s@]+@[^\s@()]+)\s*\((?P<name>[^()@]+)\)$")
_SCRAPED = re.compile(r"\[?\s*e-?mail\s*(?:protected|&#160;protected)\s*\]?|cdn-cgi/l/email", re.I)
_PARTS = re.compile(r"[\s,;|/]+(?:(?:or|and|и|или|та|або|і)\s+)?")
_HIDDEN = re.compile(r"\s*(?:\(at\)|\[at\]|\{at\}|\(собака\)|\[собака\]| at | собака )\s*", re.I)
_CYRILLIC = re.compile("[А-Яа-яЁёІіЇїЄєҐґ]")
_LOOKALIKE = str.maketrans("АВСЕНКМОРТХасеорхуіѕ", "ABCEHKMOPTXaceopxyis")
_TLD_SLIPS = {
    "con": "com", "cim": "com", "vom": "com", "xom": "com", "comm": "com", "coom": "com",
    "cmo": "com", "ocm": "com", "clm": "com", "cpm": "com", "comn": "com", "dom": "com",
    "rru": "ru", "ruu": "ru", "rul": "ru", "ry": "ru", "ri": "ru", "tu": "ru", "ur": "ru",
    "r": "ru", "ney": "net", "nte": "net", "nett": "net", "bet": "net", "met": "net",
    "ner": "net", "uaa": "ua", "uq": "ua", "orgg": "org", "ogr": "org", "kom": "com",
    "ком": "com", "ру": "ru", "юа": "ua",
}  # fmt: skip
_REAL_TLDS = frozenset(["bet", "met", "dom"])


@dataclass(frozen=True)
class EmailJudge:
    """Says what is wrong with an e-mail address; None when nothing is, or the cell is empty.

    Causes: scraped, several (suggestion: the addresses, one a line), display_name (info),
    spaces, separator (a comma for a dot), look_alike (Cyrillic letters), hidden ("a at
    b.com"), no_at, local, domain, tld, near_miss (`detail` is the misspelt domain).
    """

    def __call__(self, value: str) -> Verdict | None:
        """The verdict on one value; None when it is fine or blank."""
        text = value.strip(" \t\r\n\u00a0\ufeff\u200b")
        if _ADDRESS.fullmatch(text) and len(text) <= 254 and text.index("@") <= 64:
            return _judge_domain(text)
        if not text or empty_word(text, "email"):
            return None
        return _judge_form(text)


def _judge_form(text: str) -> Verdict | None:
    if _QUOTED.fullmatch(text):
        return None
    if _SCRAPED.search(text):
        return Verdict("scraped")
    if found := _DISPLAY.match(text) or _NAMED.match(text):
        return _wrapped(found["address"])
    addresses = split_addresses(text)
    if len(addresses) > 1:
        args = {"count": str(len(addresses))}
        return Verdict("several", args=args, suggestion="\n".join(addresses))
    bare = re.sub(r"^mailto:|^[<\"'«(\[]+|[>\"'».,;:)\]]+$", "", text, flags=re.I)
    if bare != text and _is_address(bare):
        return _judge_domain(bare) or _fixed("spaces", bare)
    if "@" not in text:
        hidden = _HIDDEN.sub("@", text, count=1).replace("(dot)", ".").replace("[dot]", ".")
        if hidden != text and _is_address(re.sub(r"\s+", "", hidden)):
            return _fixed("hidden", re.sub(r"\s+", "", hidden))
        return Verdict("no_at")
    if text.count("@") > 1:
        single = re.sub(r"@+", "@", text)
        return _fixed("local", single) if _is_address(single) else Verdict("local")
    if _CYRILLIC.search(text) and (fixed := _latin(text)):
        return _fixed("look_alike", fixed)
    return _judge_halves(text)


def _judge_halves(text: str) -> Verdict | None:
    if re.search(r"\s", text):
        tight = re.sub(r"\s+", "", text)
        return _fixed("spaces", tight) if _is_address(tight) else Verdict("spaces")
    local, domain = text.split("@")
    if re.search("[,;:]", domain) or ".." in domain:
        dotted = f"{local}@" + re.sub(r"[,;:]|[.]{2,}", ".", domain)
        return _fixed("separator", dotted) if _is_address(dotted) else Verdict("domain")
    if slip := near_domain(domain):
        return _near(text, domain, slip)
    if not local or local[0] == "." or local[-1] == "." or ".." in local or len(local) > 64:
        neat = re.sub(r"[.]{2,}", ".", local).strip(".") + "@" + domain
        return _fixed("local", neat) if _is_address(neat) else Verdict("local")
    if _WIDE.fullmatch(text) and len(text) <= 254:
        if not local.isascii() and domain.isascii() and domain.lower() in common_domains():
            return Verdict("local")
        return _judge_domain(text)
    if not domain or "." not in domain.strip("."):
        return Verdict("domain", args={"domain": domain})
    good_domain = _ADDRESS.fullmatch(f"a@{domain}") or _WIDE.fullmatch(f"a@{domain}")
    return Verdict("local") if good_domain else Verdict("domain", args={"domain": domain})


def _judge_domain(address: str) -> Verdict | None:
    domain = address.rsplit("@", 1)[1].lower()
    meant, cause = _about_domain(domain)
    if cause is None:
        return None
    if cause == "tld":
        return Verdict("tld", detail=domain.rsplit(".", 1)[-1], args={"domain": domain})
    return _near(address, domain, meant)


def _near(address: str, domain: str, meant: str) -> Verdict:
    fixed = f"{address.rsplit('@', 1)[0]}@{meant}"
    args = {"domain": domain.lower(), "meant": meant}
    return Verdict("near_miss", detail=domain.lower(), args=args, suggestion=fixed)


def _fixed(cause: str, address: str) -> Verdict:
    return Verdict(cause, suggestion=address)


def _wrapped(address: str) -> Verdict:
    inner = EmailJudge()(address)
    if inner is not None:
        return inner
    return Verdict("display_name", suggestion=address, severity="info")


def _latin(text: str) -> str | None:
    fixed = text.translate(_LOOKALIKE)
    head, _, tail = text.rpartition(".")
    if tail.lower() in _TLD_SLIPS:
        fixed = f"{head.translate(_LOOKALIKE)}.{_TLD_SLIPS[tail.lower()]}"
    return fixed if _ADDRESS.fullmatch(fixed) else None


def _is_address(text: str) -> bool:
    if len(text) > 254 or text.find("@") > 64:
        return False
    return (_ADDRESS.fullmatch(text) or _WIDE.fullmatch(text)) is not None


def split_addresses(value: str) -> tuple[str, ...]:
    """All addresses of a cell that holds nothing but addresses; () when it holds more."""
    parts = [p.strip("<>\"'.") for p in _PARTS.split(value.strip()) if p.strip("<>\"'.")]
    if len(parts) < 2 or not all(_is_address(p) for p in parts):
        return ()
    return tuple(dict.fromkeys(parts))


def normalise(value: str) -> str | None:
    """The address for comparison: lowered, unwrapped; None when the cell holds no single one."""
    text = value.strip(" \t\r\n\u00a0\ufeff\u200b")
    if found := _DISPLAY.match(text) or _NAMED.match(text):
        text = found["address"]
    text = re.sub("^mailto:", "", text, flags=re.I).rstrip(".,;")
    return text.lower() if _is_address(text) else None


@cache
def common_domains() -> Mapping[str, bool]:
    """Known mail providers; True for those whose misspellings are looked for."""
    found: dict[str, bool] = {}
    for line in lines("mail_domains.txt"):
        domain, _, star = line.partition(" ")
        found[domain] = bool(star)
    return found


@cache
def _slips() -> Mapping[str, str]:
    return dict(line.split() for line in lines("mail_slips.txt"))


@cache
def _country_tlds() -> frozenset[str]:
    return frozenset(" ".join(lines("country_tlds.txt")).split())


@cache
def _neighbours() -> Mapping[str, str]:
    """Domain one slip away from a great provider's (letter lost, doubled, swapped, other)."""
    near: dict[str, str] = {}
    for domain, great in common_domains().items():
        name, _, tld = domain.partition(".")
        if not great:
            continue
        for slip, right in _TLD_SLIPS.items():
            if right == tld and slip != tld:
                near.setdefault(f"{name}.{slip}", domain)
        if len(name) < 5:
            continue
        for wrong in _one_slip(name):
            near.setdefault(f"{wrong}.{tld}", domain)
            if tld == "com":
                near.setdefault(f"{wrong}.con", domain)
            if name == "gmail":
                near.setdefault(f"{wrong}.ru", domain)
    known = common_domains()
    return {wrong: right for wrong, right in near.items() if wrong not in known}


def _one_slip(name: str) -> set[str]:
    slips: set[str] = set()
    for i in range(len(name)):
        slips.add(name[:i] + name[i + 1 :])
        slips.add(name[:i] + name[i] + name[i:])
        if i:
            for letter in "abcdefghijklmnopqrstuvwxyz0":
                slips.add(name[:i] + letter + name[i + 1 :])
                slips.add(name[:i] + letter + name[i:])
        if i + 1 < len(name):
            slips.add(name[:i] + name[i + 1] + name[i] + name[i + 2 :])
    return slips - {name}


def near_domain(domain: str) -> str | None:
    """The common domain that this one is a misspelling of; real rarer ones have none."""
    text = domain.lower()
    if text in common_domains():
        return None
    slips = _slips()
    return slips.get(text) or _neighbours().get(text)


@lru_cache(maxsize=65536)
def _about_domain(domain: str) -> tuple[str, str | None]:
    meant = near_domain(domain)
    if meant is not None:
        return meant, "near_miss"
    last = domain.rsplit(".", 1)[-1]
    if len(last) == 2 and last.isascii() and last not in _country_tlds():
        right = _TLD_SLIPS.get(last)
        if right is not None:
            return f"{domain.rsplit('.', 1)[0]}.{right}", "near_miss"
        return "", "tld"
    if last in _TLD_SLIPS and len(last) > 2 and last not in _REAL_TLDS:
        return f"{domain.rsplit('.', 1)[0]}.{_TLD_SLIPS[last]}", "near_miss"
    return "", None
