"""The languages dq speaks, and which one a person gets."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping

from dq.errors import UsageError

__all__ = ["DEFAULT", "LANGUAGES", "pick_language"]

LANGUAGES = ("en", "ru", "uk")
DEFAULT = "en"

_WINDOWS_NAMES = {"english": "en", "russian": "ru", "ukrainian": "uk"}


def pick_language(
    option: str | None = None,
    configured: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> str:
    """Language of the output: `--lang`, `DQ_LANG`, `defaults.language`, the system, English.

    Args:
        option: What `--lang` says.
        configured: `defaults.language` of dq.yaml.
        environ: The environment (default: the process's own).

    Raises:
        UsageError: A person named a language that dq does not speak. A system locale that
            dq does not speak is no error: English is taken.
    """
    env = os.environ if environ is None else environ
    named = (("--lang", option), ("DQ_LANG", env.get("DQ_LANG")), ("dq.yaml", configured))
    for setting, text in named:
        if text:
            language = _language_of(text)
            if language is None:
                raise UsageError(
                    "{setting} asks for the language “{language}”, which dq does not speak.",
                    fix="Choose one of: {choices}.",
                    setting=setting,
                    language=text,
                    choices=", ".join(LANGUAGES),
                )
            return language
    return _of_system(env, ask_system=environ is None) or DEFAULT


def _language_of(text: str) -> str | None:
    """`ru` from `ru`, `RU`, `ru_RU.UTF-8`, `ru-RU` or Windows' `Russian_Russia.1251`."""
    head = text.strip().replace("-", "_").split("_")[0].split(".")[0].lower()
    head = _WINDOWS_NAMES.get(head, head)
    return head if head in LANGUAGES else None


def _of_system(env: Mapping[str, str], *, ask_system: bool) -> str | None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if env.get(name):
            return _language_of(env[name])
    if not ask_system:
        return None
    name_of_system, _ = locale.getlocale()
    return _language_of(name_of_system) if name_of_system else None
