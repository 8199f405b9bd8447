"""dq glossary: what words mean here, who approved it, and where departments differ."""

from __future__ import annotations

import importlib

import click

__all__ = ["command"]

_VERBS: dict[str, str] = {
    "show": "dq.cli.glossary.show",
    "status": "dq.cli.glossary.status",
    "lint": "dq.cli.glossary.lint",
    "propose": "dq.cli.glossary.propose",
    "approve": "dq.cli.glossary.approve",
    "history": "dq.cli.glossary.history",
    "compare": "dq.cli.glossary.compare",
    "diff": "dq.cli.glossary.diff",
    "export": "dq.cli.glossary.export",
    "import": "dq.cli.glossary.import_",
    "drift": "dq.cli.glossary.drift",
}
"""Verb → its module; each module has `command`."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        made: click.Command = importlib.import_module(_VERBS[cmd_name]).command
        return made


@click.group("glossary", cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """What words mean here, who approved it, and where departments differ."""
