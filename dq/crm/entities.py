"""The canonical tables as text: one line a column, read by `dq.crm.model`.

    name  type  kind  flags…  [-> target]

Flags: required (a record without it is incomplete), personal (holds personal
data), identifying (tells one record from another), event (a moment that has happened: it
moves the business "today"), unit=… A relation is N:1; `mandatory` marks one that may not be
blank, `enforced` one that a CRM itself keeps whole.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ENTITIES"]

ENTITIES: Mapping[str, tuple[str, str]] = {
    "accounts": (
        "name",
        """
        id text id required
        name text company required identifying
        legal_form text category
        tax_id text tax_id identifying
        kpp text id
        registration_id text id identifying
        bank_account text id
        bic text id
        category text category
        domain text url identifying
        phone text phone personal identifying
        email text email personal identifying
        address text text identifying
        city text city
        country text country
        industry text category
        parent_id text id -> accounts
        owner_id text id required -> users
        created_at timestamp date event
        created_by text person
        updated_at timestamp date event
        """,
    ),
    "contacts": (
        "full_name",
        """
        id text id required
        account_id text id -> accounts
        full_name text name required personal identifying
        first_name text name personal identifying
        last_name text name personal identifying
        middle_name text name personal
        email text email personal identifying
        phone text phone personal identifying
        title text category
        birth_date date date personal
        consent text flag
        source text category
        owner_id text id -> users
        created_at timestamp date event
        created_by text person
        updated_at timestamp date event
        """,
    ),
    "leads": (
        "full_name",
        """
        id text id required
        full_name text name personal identifying
        company text company identifying
        email text email personal identifying
        phone text phone personal identifying
        website text url identifying
        source text category required
        form_id text id
        kind text category
        status text category required
        budget decimal money unit=currency
        interest text category
        need text note
        rejected_reason text category
        note text note personal
        owner_id text id required -> users
        campaign_id text id -> campaigns
        created_at timestamp date required event
        created_by text person
        first_response_at timestamp date event
        converted_at timestamp date event
        converted_contact_id text id -> contacts
        converted_account_id text id -> accounts
        converted_deal_id text id -> deals
        """,
    ),
    "deals": (
        "name",
        """
        id text id required
        name text text identifying
        account_id text id required -> accounts
        contact_id text id -> contacts
        lead_id text id -> leads
        owner_id text id required -> users
        pipeline text category
        stage text category required
        status text category required
        amount decimal money unit=currency
        currency text category
        cost decimal money unit=currency
        expected_amount decimal money unit=currency
        probability decimal number unit=percent
        kind text category
        source text category
        campaign_id text id -> campaigns
        contract_no text id identifying
        lost_reason text category
        lost_side text category
        created_at timestamp date required event
        expected_close_at timestamp date
        closed_at timestamp date event
        next_step text note
        next_step_at timestamp date
        """,
    ),
    "stage_history": (
        "",
        """
        id text id required
        deal_id text id required -> deals enforced mandatory
        from_stage text category
        to_stage text category required
        changed_at timestamp date required event
        changed_by text person
        """,
    ),
    "deal_contacts": (
        "",
        """
        id text id required
        deal_id text id required -> deals enforced mandatory
        contact_id text id required -> contacts enforced mandatory
        role text category
        is_primary boolean flag
        """,
    ),
    "deal_lines": (
        "",
        """
        id text id required
        deal_id text id required -> deals enforced mandatory
        product_id text id required -> products
        quantity decimal number
        unit_price decimal money unit=currency
        discount decimal number
        tax decimal money unit=currency
        total decimal money unit=currency
        """,
    ),
    "products": (
        "name",
        """
        id text id required
        name text text required identifying
        kind text category
        list_price decimal money unit=currency
        cost decimal money unit=currency
        active boolean flag
        introduced_at timestamp date
        discontinued_at timestamp date
        """,
    ),
    "activities": (
        "",
        """
        id text id required
        kind text category required
        direction text category
        owner_id text id required -> users
        lead_id text id -> leads
        contact_id text id -> contacts
        account_id text id -> accounts
        deal_id text id -> deals
        started_at timestamp date required
        duration_s decimal duration unit=s
        result text category
        note text note personal
        logged_at timestamp date event
        logged_by text person
        delivered_at timestamp date event
        read_at timestamp date event
        replied_at timestamp date event
        """,
    ),
    "tasks": (
        "",
        """
        id text id required
        kind text category
        owner_id text id required -> users
        deal_id text id -> deals
        subject text note
        created_at timestamp date event
        due_at timestamp date required
        completed_at timestamp date event
        status text category
        postponed_count integer number
        """,
    ),
    "requests": (
        "",
        """
        id text id required
        channel text category required
        form_id text id
        created_at timestamp date required event
        first_response_at timestamp date event
        answered_by text person
        lead_id text id -> leads
        status text category
        """,
    ),
    "campaigns": (
        "name",
        """
        id text id required
        name text text required identifying
        channel text category
        kind text category
        started_at timestamp date
        ended_at timestamp date
        budget decimal money unit=currency
        cost decimal money unit=currency
        parent_id text id -> campaigns
        """,
    ),
    "touches": (
        "",
        """
        id text id required
        campaign_id text id required -> campaigns
        lead_id text id -> leads
        contact_id text id -> contacts
        deal_id text id -> deals
        kind text category
        touched_at timestamp date required event
        """,
    ),
    "invoices": (
        "",
        """
        id text id required
        deal_id text id -> deals
        account_id text id required -> accounts
        issued_at timestamp date required event
        due_at timestamp date
        amount decimal money required unit=currency
        tax decimal money unit=currency
        currency text category
        paid_amount decimal money unit=currency
        paid_at timestamp date event
        """,
    ),
    "payments": (
        "",
        """
        id text id required
        invoice_id text id required -> invoices
        paid_at timestamp date required event
        amount decimal money required unit=currency
        currency text category
        """,
    ),
    "documents": (
        "",
        """
        id text id required
        deal_id text id required -> deals
        kind text category required
        sent_at timestamp date event
        opened_at timestamp date event
        signed_at timestamp date event
        """,
    ),
    "tickets": (
        "",
        """
        id text id required
        account_id text id -> accounts
        contact_id text id -> contacts
        deal_id text id -> deals
        kind text category
        priority text category
        status text category required
        owner_id text id -> users
        opened_at timestamp date required event
        first_response_at timestamp date event
        resolved_at timestamp date event
        reopened_count integer number
        cost decimal money unit=currency
        satisfaction decimal number
        """,
    ),
    "plans": (
        "",
        """
        id text id required
        term text category required
        period_start date date required
        period_end date date required
        owner_id text id -> users
        department text category
        channel text category
        product_id text id -> products
        value decimal number required
        """,
    ),
    "expenses": (
        "",
        """
        id text id required
        area text category
        category text category required
        client_stage text category
        campaign_id text id -> campaigns
        amount decimal money required unit=currency
        currency text category
        spent_at timestamp date required event
        due_at timestamp date
        """,
    ),
    "user_history": (
        "",
        """
        id text id required
        user_id text id required -> users mandatory
        department text category
        role text category
        manager_id text id -> users
        valid_from timestamp date required
        valid_to timestamp date
        """,
    ),
    "users": (
        "name",
        """
        id text id required
        name text name required personal identifying
        role text category
        department text category
        manager_id text id -> users
        email text email personal identifying
        phone_ext text text
        hired_at timestamp date
        left_at timestamp date
        last_login_at timestamp date event
        active boolean flag
        """,
    ),
    "audit_log": (
        "",
        """
        id text id required
        happened_at timestamp date required event
        user_id text id required -> users
        action text category required
        entity text category
        record_id text id
        records integer number
        """,
    ),
    "rates": (
        "",
        """
        id text id required
        currency text category required
        day date date required
        rate double number required
        """,
    ),
}
