"""dq rules: what is checked."""

from __future__ import annotations

import json

import click

from dq.cli.options import State
from dq.cli.output import language_of

__all__ = ["command"]


@click.command("rules")
@click.option("--family", metavar="C|D|A|R|S|…", help="Only this family.")
@click.option(
    "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True
)
@click.pass_obj
def command(state: State, family: str | None, format_: str) -> int:
    """List the rules: code, severity, what each looks for, and what it needs."""
    from dq.checks.rules import RULES
    from dq.formats.words import title_of
    from dq.i18n import translator

    t = translator(language_of(state))
    chosen = [r for r in RULES if family is None or r.family == family.upper()]
    if format_ == "json":
        rows = [
            {
                "code": r.code,
                "title": str(title_of(r.code, t)),
                "family": r.family,
                "severity": r.severity.value,
                "scope": r.scope.value,
                "needs": list(r.needs),
                "params": dict(r.params),
            }
            for r in chosen
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return 0
    current = ""
    for rule in chosen:
        if rule.family != current:
            current = rule.family
            click.echo(f"\n{rule.family}  {t.family(rule.family)}")
        severity = str(t.severity(rule.severity))
        click.echo(f"  {rule.code}  {severity:<15} {title_of(rule.code, t)}")
    return 0
