"""Renderers of the one result object; see `render`."""

from __future__ import annotations

from dq.formats.registry import FORMATS, render

__all__ = ["FORMATS", "render"]
