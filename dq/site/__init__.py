"""The static site of a project: a folder that opens from a disk, with no server."""

from dq.site.build import build_site

__all__ = ["build_site"]
