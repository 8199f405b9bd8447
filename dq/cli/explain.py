"""dq explain CODE: why a rule matters and what to do."""

from __future__ import annotations

import json

import click

from dq.cli.options import State
from dq.cli.output import language_of
from dq.errors import UsageError

__all__ = ["command"]


@click.command("explain")
@click.argument("code")
@click.pass_obj
def command(state: State, code: str) -> int:
    """What rule CODE looks for, why it matters for reports, and how to repair."""
    from dq.checks.rules import RULES, rule_named
    from dq.formats.words import title_of, why_sentence
    from dq.i18n import translator

    rule = rule_named(code)
    if rule is None:
        raise UsageError(
            "There is no rule {code}.",
            fix="The rules are {known}; dq rules lists them.",
            code=code,
            known=", ".join(r.code for r in RULES),
        )
    t = translator(language_of(state))
    click.echo(f"{rule.code}  {title_of(rule.code, t)}\n")
    click.echo(f"{why_sentence(rule.code, t)}")
    fix = f"rule.{rule.code}.fix"
    if t.has(fix):
        click.echo(f"→ {t.t(fix)}")
    needs = t.joined(t.t(need) for need in rule.needs)
    click.echo(f"\n{t.severity(rule.severity)} · {t.t('explain.needs', needs=needs)}")
    if rule.params:
        click.echo(f"\n{t.t('explain.settings')}\n  rules:\n    {rule.code}:\n      params:")
        for name, value in rule.params.items():
            click.echo(f"        {name}: {json.dumps(value, ensure_ascii=False, default=str)}")
    if t.language == "en":
        click.echo(f"\n{_body(rule.doc)}")
    return 0


def _body(doc: str) -> str:
    """The rule's own documentation without its first line, which the title repeats."""
    _, _, rest = doc.strip().partition("\n")
    return rest.strip()
