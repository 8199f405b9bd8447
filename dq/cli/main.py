"""`dq VERB`: verbs are loaded when called, errors end in a sentence and an exit code."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click

import dq
from dq.cli.options import State
from dq.errors import DqError

__all__ = ["VERBS", "cli", "main"]

VERBS: dict[str, str] = {
    "check": "Check the project's tables (or some of them) and print the findings.",
    "demo": "Make the sample CRM with planted, listed faults and run everything on it.",
    "diff": "What is new, gone and changed between two runs; all runs in a row.",
    "doctor": "Versions, paths, permissions, and what does not apply here and why.",
    "explain": "What a rule checks, why it matters, and how to repair.",
    "findings": "What a run found: list it, filter it, take it to a spreadsheet.",
    "glossary": "What words mean here, who approved it, and where departments differ.",
    "init": "Start a project; with --from FILE…, recognise the files and map their columns.",
    "key": "Who works here and signs decisions: make a key, approve, revoke.",
    "ledger": "What people decided, who, when and why; that nothing was changed; proofs.",
    "map": "See and edit how the columns of your files map to the CRM model.",
    "profile": "Look at data: types, filled, distinct, ends, frequent values, what is odd.",
    "rules": "List the rules.",
    "run": "The main job: load, check, and keep the run.",
    "scan": "First touch, no project needed: recognise and check files, write one HTML page.",
    "show": "One record whole: cells, findings, related records, history.",
    "suppress": "Accept findings for a time, with a reason; see what is accepted; lift it.",
    "worklist": "Open findings as workbooks, one a person, and their answers back.",
}


class _Verbs(click.Group):
    """Loads `dq.cli.<verb>` only when the verb is used; --help needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"dq.cli.{cmd_name}")
        command: click.Command = module.command
        return _with_lines_kept(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], VERBS, n=1)
            hint = f" Did you mean “{near[0]}”?" if near else " See dq --help."
            ctx.fail(f"There is no verb “{args[0]}”.{hint}")
        return super().resolve_command(ctx, args)


def _with_lines_kept(command: click.Command) -> click.Command:
    r"""Help texts are raw strings: their `\b` becomes the sign by which click keeps lines."""
    command.help = command.help.replace("\\b\n", "\b\n") if command.help else None
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            part = command.get_command(context, name)
            if part is not None:
                _with_lines_kept(part)
    return command


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(dq.__version__, prog_name="dq", message="%(prog)s %(version)s")
@click.option(
    "-C", "directory", type=click.Path(path_type=Path), default=Path(), help="Work in this folder."
)
@click.option("--lang", "language", metavar="en|ru|uk", help="Language of the output.")
@click.option("--quiet", is_flag=True, help="Only the result, no progress.")
@click.option("--verbose", is_flag=True, help="More detail, and Python's own words on a bug.")
@click.option("--color/--no-color", default=None, help="Colour (default: on a terminal).")
@click.pass_context
def cli(
    ctx: click.Context,
    directory: Path,
    language: str | None,
    quiet: bool,
    verbose: bool,
    color: bool | None,
) -> None:
    """Can this CRM report be trusted, and if not, why, and by how much?

    Start with:  dq scan FILE…
    """
    ctx.obj = State(directory, language, quiet, verbose, color)


def main(args: list[str] | None = None) -> None:
    """Entry point: runs a verb, turns every error into a sentence and an exit code."""
    _utf8_streams()
    words = sys.argv[1:] if args is None else args
    try:
        result = cli.main(args=words, prog_name="dq", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except DqError as error:
        _say(words, error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last net: a sentence, never a traceback
        _say_bug(words, error)
        sys.exit(3)
    sys.exit(result if isinstance(result, int) else 0)


def _utf8_streams() -> None:
    """Windows consoles and pipes: UTF-8, and no crash on a lone surrogate."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _say(words: list[str], error: DqError) -> None:
    from dq.cli.output import error_sentence, language_of_words

    print(error_sentence(error, language_of_words(words)), file=sys.stderr)  # noqa: T201


def _say_bug(words: list[str], error: Exception) -> None:
    if "--verbose" in words:
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    print(  # noqa: T201
        f"dq stopped on an error of its own ({type(error).__name__}: {error}). Nothing was lost: "
        "the last good run stands. `dq --verbose …` shows the details for a bug report.",
        file=sys.stderr,
    )
