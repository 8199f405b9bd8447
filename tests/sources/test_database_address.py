"""Addresses of databases: parts, variables, what is never shown. No server is needed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.errors import DqError
from dq.sources import Address, is_address


@pytest.mark.parametrize(
    ("template", "environ", "uri", "label"),
    [
        ("postgresql://h/crm", {}, "postgresql://h/crm", "crm@h"),
        ("postgres://me@h:5433/crm", {}, "postgresql://me@h:5433/crm", "crm@h:5433"),
        ("mariadb://me:${P}@h/crm", {"P": "a@b/c:%"}, "mysql://me:a%40b%2Fc%3A%25@h/crm", "crm@h"),
        ("postgresql://m%40x:${P}@h/c%20m", {"P": "1"}, "postgresql://m%40x:1@h/c%20m", "c m@h"),
        ("postgresql://${U}@${H}/${D}?sslmode=${S}", {"U": "u", "H": "h:1", "D": "d", "S": "on"},
         "postgresql://u@h:1/d?sslmode=on", "d@h:1"),
        ("${URL}", {"URL": "postgresql://me:p%40w@h/crm"}, "postgresql://me:p%40w@h/crm", "crm@h"),
        ("sqlite:///in/crm.db", {}, "sqlite:///in%2Fcrm.db", "in/crm.db"),
        ("sqlite:////data/crm.db", {}, "sqlite:///%2Fdata%2Fcrm.db", "/data/crm.db"),
    ],
)  # fmt: skip
def test_parts(template: str, environ: dict[str, str], uri: str, label: str) -> None:
    address = Address.parse(template, environ)
    assert (address.uri(), address.label, address.shown) == (uri, label, template)
    assert Address.parse(template, environ) == address


def test_defaults_stand_back() -> None:
    address = Address.parse("postgresql://h/d?connect_timeout=5", {})
    uri = address.uri(connect_timeout="30", keepalives="1")
    assert uri == "postgresql://h/d?connect_timeout=5&keepalives=1"


@pytest.mark.parametrize(
    ("word", "is_one"),
    [
        ("postgresql://h/d", True),
        ("mysql://h/d", True),
        ("sqlite:///a.db", True),
        ("in/deals.csv", False),
        ("C:\\data\\deals.csv", False),
        ("https://h/deals.csv", False),
        ("postgresql:/h", False),
    ],
)
def test_what_is_an_address(word: str, is_one: bool) -> None:
    assert is_address(word) is is_one


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("postgresql://me:secret@h/d", "The address of the database holds a password."),
        ("postgresql://me@h/d?password=secret", "The address of the database holds a password."),
        ("mysql://me:${NOWHERE}@h/d", "The environment variable NOWHERE is not set."),
        ("oracle://h/d", "oracle://h/d is no address of a database."),
    ],
)
def test_refused(template: str, says: str) -> None:
    with pytest.raises(DqError) as refused:
        Address.parse(template, {})
    assert says in str(refused.value)
    assert refused.value.exit_code == 2


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")).map("§{}".format))
def test_any_password_goes_in_and_none_comes_out(password: str) -> None:
    address = Address.parse("postgresql://me:${P}@h/d", {"P": password})
    assert Address.parse("${URL}", {"URL": address.uri()}).password == password
    assert address.hidden(f"{password} {address.uri()}") == "*** postgresql://me:***@h/d"
    assert repr(address) == repr(Address.parse("postgresql://me:${P}@h/d", {"P": "another"}))
