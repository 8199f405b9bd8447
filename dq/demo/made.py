"""All that is made of one block, in the order in which one part follows from another."""

from __future__ import annotations

from dataclasses import dataclass

from dq.demo.audit import make_log
from dq.demo.chance import Ints
from dq.demo.clients import Clients, make_clients
from dq.demo.house import House, put_house
from dq.demo.journeys import make_requests, make_touches
from dq.demo.leads import Leads, make_leads
from dq.demo.money import Bills, make_documents, make_money, make_plans, make_tickets
from dq.demo.outside import make_books, make_switch
from dq.demo.sales import Sales, make_sales
from dq.demo.staff import Staff, make_staff
from dq.demo.work import Work, make_tasks, make_work
from dq.demo.world import Block

__all__ = ["Made", "make"]


@dataclass(frozen=True)
class Made:
    """A block with its tables, and the plain numbers behind them.

    `switched` are the activities of the lines of the switch's log, `booked` the deals of the
    entries of the books.
    """

    block: Block
    house: House
    staff: Staff
    clients: Clients
    sales: Sales
    leads: Leads
    work: Work
    bills: Bills
    switched: Ints
    booked: Ints


def make(block: Block, house: House) -> Made:
    """Fill all tables of a block, without a fault."""
    if block.first:
        put_house(block, house)
    staff = make_staff(block)
    clients = make_clients(block, staff)
    sales = make_sales(block, house, staff, clients)
    leads = make_leads(block, house, staff, clients, sales)
    make_requests(block, staff, leads)
    make_touches(block, house, sales, leads)
    work = make_work(block, house, staff, clients, sales, leads)
    make_tasks(block, sales)
    bills = make_money(block, sales)
    make_documents(block, sales)
    make_tickets(block, staff, clients, sales)
    make_plans(block, house, staff, sales)
    switched = make_switch(block, clients, leads, work)
    booked = make_books(block, house, clients, sales)
    make_log(block, staff, clients, sales)
    return Made(block, house, staff, clients, sales, leads, work, bills, switched, booked)
