"""dq glossary: what words mean here, who approved it, and where departments differ."""

from __future__ import annotations

import importlib

import click

__all__ = ["command"]

_VERBS: dict[str, str] = {}
"""Verb → its module; each module has `command`."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        made: click.Command = importlib.import_module(_VERBS[cmd_name]).command
        return made


@click.group("glossary", cls=_Verbs)
def command() -> None:
    """What words mean here, who approved it, and where departments differ."""
