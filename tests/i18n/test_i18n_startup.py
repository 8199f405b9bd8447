"""Importing the languages costs nothing before the first word."""

from __future__ import annotations

import subprocess
import sys


def test_babel_is_not_imported_before_the_first_word() -> None:
    code = (
        "import sys, dq.i18n, dq.formats; dq.i18n.translator('ru'); dq.i18n.pick_language('ru');"
        "heavy = {'babel', 'jinja2', 'pyarrow', 'dq.formats.html.page'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
