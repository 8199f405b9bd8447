"""The command line: one file a verb; see `main`."""

from dq.cli.main import main

__all__ = ["main"]
