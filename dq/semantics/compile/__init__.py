"""Terms as SQL."""

from dq.semantics.compile.compiler import Compiler
from dq.semantics.compile.expand import QUERY_FUNCTIONS, Expanded, expand

__all__ = ["QUERY_FUNCTIONS", "Compiler", "Expanded", "expand"]
