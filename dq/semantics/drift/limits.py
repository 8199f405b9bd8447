"""The thresholds of drift, each with where it comes from. docs/drift.md explains them."""

from __future__ import annotations

__all__ = [
    "BLOCKS", "FIRST_ROWS", "LARGE_EFFECT", "LARGE_PSI", "LEAST_BLOCKS", "LEAST_NEW", "LEAST_PSI",
    "LEAST_ROWS", "LEAST_SHARE", "LEAST_STEP", "NEAR", "NEW_SHARE", "SETTLING_DAYS", "SIGMAS",
    "SWAP_RATIO", "USUAL", "USUAL_PSI", "USUAL_SWAP", "VANISHED_OF", "VANISHED_SHARE", "WEEKS",
]  # fmt: skip

WEEKS = 52
"""Weeks before the day of comparison that make the reference: a year, with its seasons."""

SETTLING_DAYS = 182
"""First days of a table in which a column that is taken by a later date is not judged."""

SWAP_RATIO = 1.5
"""How many times one of two exchanged shares is the other: nearer ones change places with the
mix of the business."""

LEAST_ROWS = 100
"""Current records without which nothing is said."""

FIRST_ROWS = 200
"""The same of the reference."""

BLOCKS = 8
"""The reference is compared with itself in about so many parts: its usual movement."""

LEAST_BLOCKS = 4
"""Parts without which usual movement is not known, and nothing is said."""

SIGMAS = 5.0
"""Standard errors that chance must not reach. One side of the normal beyond 5 is 3e-7: with some
three thousand comparisons in a run (200 columns, their tokens, six lengths of time) chance
alone gives an alarm in a thousand runs."""

USUAL = 2.0
"""A share must move, chance taken off, by more than twice the largest move that any part of the
reference shows from the rest of it."""

USUAL_SWAP = 4.0
"""The same of two shares that seem to be exchanged: small ones need not be a large effect, and
where shares come and go two of them change places by chance."""

LEAST_STEP = 0.10
"""The least move of a share that matters to a report: ten points of a hundred."""

LARGE_EFFECT = 0.4
"""The least Cohen's h = 2·asin√a - 2·asin√b of such a move (0.2 is small, 0.5 medium; J. Cohen,
Statistical power analysis, 1988, ch. 6): 0 → 10 %, 10 → 25 %, 50 → 70 %."""

LEAST_PSI = 0.10
"""Population stability index, less what chance adds: below 0.10 populations are held to be the
same, 0.10 to 0.25 to have moved (N. Siddiqi, Credit risk scorecards, 2006). Chance adds
(groups - 1)·(1/n + 1/m) with a standard deviation of √(2(groups - 1))·(1/n + 1/m)
(B. Yurdakul, Statistical properties of PSI, 2018)."""

LARGE_PSI = 0.25
"""The same of days and of forms of texts, which holidays and habits move (Siddiqi: above 0.25 a
population is another)."""

USUAL_PSI = 4.0
"""The index grows with the square of a move: four times the usual is twice the move."""

LEAST_SHARE = 0.05
"""Share from which a group of values stands alone in the index: below it the logarithm is
mostly chance."""

NEW_SHARE = 0.01
"""Least share of a new value among the current ones."""

LEAST_NEW = 10
"""Least records of a new value."""

VANISHED_SHARE = 0.02
"""Least share in the reference of a value that is missed."""

VANISHED_OF = 25
"""Records of it that would be expected by now."""

NEAR = 0.15
"""How far a ratio of medians may be from ×10, ×100, ×1000, in decades (×0.7 to ×1.4)."""
