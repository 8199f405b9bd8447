"""All rules, in the order in which they are listed. One rule a file; nothing is scanned for."""

from __future__ import annotations

from dq.checks.rule import Rule
from dq.checks.rules.accuracy import (
    a101_not_its_type,
    a102_email,
    a103_phone,
    a104_tax_number,
    a105_broken_text,
    a106_outlier,
    a107_spelling,
    a108_total,
    a109_spreadsheet,
    a110_confessed,
)
from dq.checks.rules.completeness import (
    c101_required_missing,
    c102_required_by_stage,
    c103_poor_record,
    c104_hidden_null,
    c105_won_without_amount,
    c106_lost_without_reason,
    c107_open_without_next_step,
    c108_note_says_nothing,
    c109_no_trail,
    c110_thin_period,
    c111_constant,
    c112_account_not_ready,
)
from dq.checks.rules.duplicates import (
    d101_exact,
    d104_key_twice,
    d105_dead_but_there,
    d106_made_again,
)
from dq.checks.rules.fakes import (
    f101_filler,
    f102_no_mailbox,
    f103_shared,
    f104_burst,
    f105_gibberish,
    f106_impossible,
    f107_backdated,
    f108_round,
    f109_quota,
)
from dq.checks.rules.input import i101_row_unreadable, i102_cell_spoiled
from dq.checks.rules.leaving import x101_known_to_one, x102_before_exit
from dq.checks.rules.meaning import (
    s101_undefined_field,
    s102_unknown_category,
    s103_unknown_stage,
    s104_unapproved,
    s105_conflict,
    s106_changed_inside,
    s107_drift,
    s108_not_comparable,
    s109_owner,
    s110_unused,
    s111_circular,
    s112_label_clash,
)
from dq.checks.rules.relations import (
    r101_orphan,
    r102_ambiguous,
    r103_owner,
    r104_many_to_many,
    r105_cycle,
    r106_childless,
    r107_invoices,
)
from dq.checks.rules.timing import (
    t101_order,
    t102_beyond,
    t103_stage_path,
    t104_stuck,
    t105_gap,
    t106_stale,
    t107_closed_period,
)

__all__ = ["RULES", "rule_named"]

RULES: tuple[Rule, ...] = (
    i101_row_unreadable.RULE,
    i102_cell_spoiled.RULE,
    c101_required_missing.RULE,
    c102_required_by_stage.RULE,
    c103_poor_record.RULE,
    c104_hidden_null.RULE,
    c105_won_without_amount.RULE,
    c106_lost_without_reason.RULE,
    c107_open_without_next_step.RULE,
    c108_note_says_nothing.RULE,
    c109_no_trail.RULE,
    c110_thin_period.RULE,
    c111_constant.RULE,
    c112_account_not_ready.RULE,
    a101_not_its_type.RULE,
    a102_email.RULE,
    a103_phone.RULE,
    a104_tax_number.RULE,
    a105_broken_text.RULE,
    a106_outlier.RULE,
    a107_spelling.RULE,
    a108_total.RULE,
    a109_spreadsheet.RULE,
    a110_confessed.RULE,
    d101_exact.RULE,
    d104_key_twice.RULE,
    d105_dead_but_there.RULE,
    d106_made_again.RULE,
    f101_filler.RULE,
    f102_no_mailbox.RULE,
    f103_shared.RULE,
    f104_burst.RULE,
    f105_gibberish.RULE,
    f106_impossible.RULE,
    f107_backdated.RULE,
    f108_round.RULE,
    f109_quota.RULE,
    r101_orphan.RULE,
    r102_ambiguous.RULE,
    r103_owner.RULE,
    r104_many_to_many.RULE,
    r105_cycle.RULE,
    r106_childless.RULE,
    r107_invoices.RULE,
    s101_undefined_field.RULE,
    s102_unknown_category.RULE,
    s103_unknown_stage.RULE,
    s104_unapproved.RULE,
    s105_conflict.RULE,
    s106_changed_inside.RULE,
    s107_drift.RULE,
    s108_not_comparable.RULE,
    s109_owner.RULE,
    s110_unused.RULE,
    s111_circular.RULE,
    s112_label_clash.RULE,
    t101_order.RULE,
    t102_beyond.RULE,
    t103_stage_path.RULE,
    t104_stuck.RULE,
    t105_gap.RULE,
    t106_stale.RULE,
    t107_closed_period.RULE,
    x101_known_to_one.RULE,
    x102_before_exit.RULE,
)


def rule_named(code: str) -> Rule | None:
    """The rule of a code, whatever its case."""
    return next((r for r in RULES if r.code == code.upper()), None)
