"""What run.json keeps of the settings of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dq.keeping import CERTIFIED, certified_record

if TYPE_CHECKING:
    from dq.assess import AssessmentSettings

__all__ = ["run_parameters"]


def run_parameters(how: AssessmentSettings) -> dict[str, object]:
    """Everything that the result depends on beside the inputs."""
    return {
        "as_of": how.as_of.isoformat() if how.as_of else None,
        "country": how.country,
        "currency": how.currency,
        "timezone": how.timezone,
        "include_deleted": how.include_deleted,
        "rules": {code: dict(own) for code, own in how.rules.items()},
        CERTIFIED: certified_record(how.certified),
    }
