"""Can this CRM report be trusted, and if not, why, and by how much?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dq.project import Project
    from dq.scanning import scan

__all__ = ["Project", "__version__", "scan"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """`Project` and `scan` load what they need when they are first asked for."""
    if name == "Project":
        from dq.project import Project

        return Project
    if name == "scan":
        from dq.scanning import scan

        return scan
    msg = f"module 'dq' has no attribute {name!r}"
    raise AttributeError(msg)
