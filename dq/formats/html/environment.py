"""Templates and the stylesheet, and how a page is made of them.

Every page is one file: the stylesheet stands in it, nothing is loaded, no script runs. The
content security policy allows exactly that stylesheet, by its digest.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dq.i18n.safe import Said, isolate
from dq.i18n.translator import Translator

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["environment", "page", "policy", "stylesheet"]

_FOLDER = Path(__file__).parent


@cache
def environment() -> Environment:
    """Jinja with escaping always on and undefined names refused."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters["inert"] = _inert
    return env


@cache
def stylesheet() -> str:
    """The stylesheet that all pages share."""
    return (_FOLDER / "style.css").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """Content security policy: nothing but the page's own stylesheet."""
    digest = base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def page(template: str, t: Translator, **context: object) -> str:
    """A whole page from a template that extends `base.html.j2`."""
    text = (
        environment()
        .get_template(template)
        .render(t=t, language=t.language, style=stylesheet(), policy=policy(), **context)
    )
    # A lone surrogate cannot be written as UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")


def _inert(value: object) -> Said:
    return isolate(str(value))
