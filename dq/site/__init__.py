"""The static site of a project: a folder that opens from a disk, with no server."""

from dq.site.build import build_site
from dq.site.glossary import Meanings

__all__ = ["Meanings", "build_site"]
