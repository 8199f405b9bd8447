"""People of the selling company: sellers of each department, call centre, marketing, service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from dq.demo.chance import NONE, Bools, Chance, Ints
from dq.demo.columns import Amounts, Days, Moments, Text, Words, flags
from dq.demo.lexicon import DEPARTMENTS, LANGUAGES, SHARES
from dq.demo.people import addresses, draw_people, local_parts
from dq.demo.text import arrow
from dq.demo.when import DAY, END, END_DAY, calendar, day_number, working_seconds
from dq.demo.world import Block

__all__ = ["DEPARTMENT_NAMES", "HOST", "ROLES", "Staff", "make_staff"]

HOST = "tillwright-group.com"
ROLES = ("call_centre", "inside", "field", "manager", "marketing", "service")
DEPARTMENT_NAMES = (*DEPARTMENTS, "Call centre", "Marketing", "Service", "Management")
_CALLS, _MARKETING, _SERVICE, _MANAGEMENT = range(len(LANGUAGES), len(DEPARTMENT_NAMES))
_SPEAKS = {_CALLS: 1, _MARKETING: 2, _SERVICE: 0, _MANAGEMENT: 2}
"""The language of those who are in no sales department."""

_DEALS_EACH = 900
"""Deals that one seller works on in the time of the CRM."""

_SPARE = 0.12
"""Sellers who are made and used by nobody, for each who sells: material for faults; few, so
that nearly all who sell have deals."""


@dataclass(frozen=True)
class Staff:
    """Users of a block, one a row: places in `ROLES` and `DEPARTMENT_NAMES`, days, or `NONE`."""

    role: Ints
    department: Ints
    hired: Ints
    left: Ints
    manager: Ints
    night: Bools
    spare: Bools

    @property
    def _sells(self) -> Bools:
        works = (self.role == ROLES.index("inside")) | (self.role == ROLES.index("field"))
        return np.asarray(works & ~self.spare)

    def leavers(self) -> Ints:
        """Rows of sellers who have left."""
        return np.flatnonzero(self._sells & (self.left != NONE))

    def sellers(self, chance: Chance, name: str, language: Ints, first: Ints, last: Ints) -> Ints:
        """A seller of the department who worked there from one day to another."""
        count = len(language)
        found = np.zeros(count, dtype=np.int64)
        spots = chance.uniform(name, count) ** 1.25
        again = chance.uniform(f"{name}.again", count)
        settled = day_number(date(2023, 10, 2))
        for code in range(len(LANGUAGES)):
            mine = self._sells & (self.department == code)
            pool = np.flatnonzero(mine)
            stable = np.flatnonzero(mine & (self.left == NONE) & (self.hired <= settled))
            row = pool[(spots * len(pool)).astype(np.int64)]
            fits = (self.hired[row] <= first) & (
                (self.left[row] == NONE) | (self.left[row] >= last)
            )
            other = stable[(again * len(stable)).astype(np.int64)]
            found = np.where(language == code, np.where(fits, row, other), found)
        return found

    def callers(self, chance: Chance, name: str, night: Bools) -> Ints:
        """Somebody of the call centre, of the night shift where it is night."""
        mine = (self.role == ROLES.index("call_centre")) & ~self.spare
        spots = chance.uniform(name, len(night))
        by_night, by_day = np.flatnonzero(mine & self.night), np.flatnonzero(mine & ~self.night)
        return np.where(
            night,
            by_night[(spots * len(by_night)).astype(np.int64)],
            by_day[(spots * len(by_day)).astype(np.int64)],
        )

    def chiefs(self) -> Ints:
        """The head of each sales department."""
        boss = self.role == ROLES.index("manager")
        return np.array(
            [np.flatnonzero(boss & (self.department == code))[0] for code in range(len(LANGUAGES))]
        )

    def service(self) -> Ints:
        """Rows of the service department."""
        return np.flatnonzero(self.role == ROLES.index("service"))


def _teams(block: Block) -> list[tuple[int, int]]:
    """Departments and how many people they have in this block, heads included."""
    total = max(25.0, block.rows / _DEALS_EACH)
    teams = [(code, max(5, round(total * share)) + 1) for code, share in enumerate(SHARES)]
    teams += [(_CALLS, max(6, round(block.rows / 8000)) + 1)]
    teams += [(_SERVICE, max(4, round(block.rows / 9000)) + 1)]
    if block.first:
        teams = [(_MANAGEMENT, 1), *teams, (_MARKETING, 4)]
    return teams


def make_staff(block: Block) -> Staff:
    """Fill users and user_history."""
    chance = block.chance("staff")
    department, boss = [], []
    for team, size in _teams(block):
        department += [team] * size
        boss += [True] + [False] * (size - 1)
    made = len(department)
    sell = sum(size - 1 for team, size in _teams(block) if team < len(LANGUAGES))
    kept = max(4, round(_SPARE * sell))
    department += [number % len(LANGUAGES) for number in range(kept)]
    boss += [False] * kept
    places, heads = np.array(department), np.array(boss)
    count = len(places)
    spare = np.arange(count) >= made
    role = _roles(places, heads)
    hired, left = _careers(chance, places, heads | spare, role)
    manager = np.full(count, NONE, dtype=np.int64)
    for team in np.unique(places):
        head = np.flatnonzero((places == team) & heads)
        if len(head):
            manager[(places == team) & ~heads] = head[0]
    if block.first:
        manager[heads] = 0
        manager[0] = NONE
    night = (places == _CALLS) & ~heads & (np.arange(count) % 3 == 0)
    staff = Staff(role, places, hired, left, manager, night, spare)
    _put_users(block, chance, staff)
    _put_history(block, chance, staff)
    return staff


def _roles(places: Ints, heads: Bools) -> Ints:
    names = np.where(np.arange(len(places)) % 2, "inside", "field")
    for team, name in ((_CALLS, "call_centre"), (_MARKETING, "marketing"), (_SERVICE, "service")):
        names = np.where(places == team, name, names)
    names = np.where(heads | (places == _MANAGEMENT), "manager", names)
    return np.array([ROLES.index(str(name)) for name in names])


def _careers(chance: Chance, places: Ints, fixed: Bools, role: Ints) -> tuple[Ints, Ints]:
    """Days of hiring and leaving: one seller in five came later, one in five has left."""
    count = len(places)
    working = calendar("GB")
    early = working.between(
        chance.uniform("early", count), day_number(date(2022, 1, 10)), day_number(date(2023, 9, 29))
    )
    late = working.between(
        chance.uniform("late", count), day_number(date(2024, 3, 1)), day_number(date(2025, 11, 28))
    )
    number = np.arange(count)
    sells = (places < len(LANGUAGES)) & ~fixed
    hired = np.where(sells & (number % 5 == 3), late, early)
    gone = working.between(
        chance.uniform("left", count), day_number(date(2025, 6, 2)), day_number(date(2026, 3, 2))
    )
    left = np.where(sells & (number % 5 == 4), gone, NONE)
    return hired, left


def _put_users(block: Block, chance: Chance, staff: Staff) -> None:
    count = len(staff.role)
    speaks = staff.department.copy()
    for team, language in _SPEAKS.items():
        speaks[staff.department == team] = language
    people = draw_people(chance.part("people"), speaks, np.arange(count) // 3)
    hosts = arrow([HOST] * count)
    emails = addresses(
        local_parts(chance.part("mail"), people), hosts, block.number, block.of, shared=True
    )
    gone = staff.left != NONE
    last_day = calendar("GB").between(chance.uniform("seen", count), END_DAY - 6, END_DAY)
    seen = np.minimum(last_day * DAY + working_seconds(chance.uniform("hour", count)), END - 60)
    leaving = staff.left * DAY + 17 * 3600 - chance.integers("leaving", count, 1, 3000)
    block.put(
        "users",
        id=block.keys("users", np.arange(count)),
        name=Text(people.full_names()),
        role=Words(arrow(ROLES), staff.role),
        department=Words(arrow(DEPARTMENT_NAMES), staff.department),
        manager_id=block.keys("users", staff.manager),
        email=Text(emails),
        phone_ext=Amounts(extensions(block, np.arange(count)), 0),
        hired_at=Days(staff.hired),
        left_at=Days(staff.left),
        last_login_at=Moments(np.where(gone, leaving, seen)),
        active=flags(~gone),
    )
    block.tables["users"].drop(np.flatnonzero(staff.spare))


def extensions(block: Block, users: Ints) -> Ints:
    """Telephone extensions of users."""
    return users + 101 + block.number * block.span("users")


def _put_history(block: Block, chance: Chance, staff: Staff) -> None:
    """One row a user; field sellers who began inside, and some others, have two."""
    count = len(staff.role)
    number = np.arange(count)
    moved = calendar("GB").between(
        chance.uniform("moved", count), day_number(date(2024, 6, 3)), day_number(date(2025, 11, 28))
    )
    field = staff.role == ROLES.index("field")
    rises = field & (number % 3 == 0) & (staff.left == NONE) & (staff.hired < moved - 90)
    kept = np.arange(count)
    before = np.flatnonzero(rises & ~staff.spare)
    user = np.concatenate([before, kept])
    first = np.concatenate([staff.hired[before], np.where(rises, moved, staff.hired)[kept]])
    last = np.concatenate([moved[before] - 1, staff.left[kept]])
    role = np.concatenate([np.full(len(before), ROLES.index("inside")), staff.role[kept]])
    order = np.lexsort([first, user])
    user, first, last, role = user[order], first[order], last[order], role[order]
    block.put(
        "user_history",
        user_id=block.keys("users", user),
        valid_from=Days(first),
        department=Words(arrow(DEPARTMENT_NAMES), staff.department[user]),
        role=Words(arrow(ROLES), role),
        manager_id=block.keys("users", staff.manager[user]),
        valid_to=Days(last),
    ).drop(np.flatnonzero(staff.spare[user]))
