"""Reference pages made from the code: docs/cli.md and docs/rules.md."""

from __future__ import annotations

import click

from dq.checks.rules import RULES
from dq.cli.main import VERBS, cli
from dq.formats.words import title_of
from dq.i18n import translator

__all__ = ["cli_page", "rules_page"]

EXIT_CODES = (
    (0, "clean; warnings are allowed"),
    (1, "findings at or above `--fail-on` (default: error)"),
    (2, "usage or configuration"),
    (3, "could not finish: a file was refused, a rule crashed, another run holds the project"),
    (4, "something signed or hashed does not verify"),
)


def cli_page() -> str:
    """Every verb with its help, word for word, and the exit codes."""
    lines = ["# Command line", "", "Made from the code; `dq --help` says the same.", ""]
    lines += ["```", _help(cli, "dq"), "```", "", "## Exit codes", ""]
    lines += ["| code | meaning |", "|---|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES]
    for verb in VERBS:
        command = cli.get_command(click.Context(cli), verb)
        if command is None:
            continue
        lines += ["", f"## dq {verb}", "", "```", _help(command, f"dq {verb}"), "```"]
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                part = command.get_command(context, name)
                if part is None:
                    continue
                said = _help(part, f"dq {verb} {name}")
                lines += ["", f"### dq {verb} {name}", "", "```", said, "```"]
    return "\n".join(lines) + "\n"


def _help(command: click.Command, name: str) -> str:
    context = click.Context(
        command,
        info_name=name,
        max_content_width=90,
        terminal_width=90,
        help_option_names=cli.context_settings["help_option_names"],
    )
    return command.get_help(context).rstrip()


def rules_page() -> str:
    """Every rule: what, severity, scope, needs, parameters, and its documentation."""
    t = translator("en")
    lines = [
        "# Rules",
        "",
        "Made from the code; `dq rules` lists them, `dq explain CODE` explains one.",
        "Severity and parameters are set in `dq.yaml`:",
        "`rules: {C107: {severity: info, params: {…}}}`.",
    ]
    family = ""
    for rule in RULES:
        if rule.family != family:
            family = rule.family
            lines += ["", f"## {family}: {t.family(family)}"]
        lines += ["", f"### {rule.code} {title_of(rule.code, t)}", ""]
        lines.append(
            f"{rule.severity.value}, scope {rule.scope.value}; needs {', '.join(rule.needs)}"
        )
        if rule.params:
            given = ", ".join(f"`{k}: {v}`" for k, v in rule.params.items())
            lines += ["", f"Parameters: {given}"]
        _, _, body = rule.doc.strip().partition("\n")
        lines += ["", body.strip()]
    return "\n".join(lines) + "\n"
