"""A plan as the text of one engine's SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from sqlglot import ErrorLevel, exp
from sqlglot.generator import Generator
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.generators.spark import SparkGenerator

from dq.errors import EngineError, PortabilityError
from dq.sql.allowed import check_portable
from dq.sql.function import Call, Rendering, function_named, is_literal, literal, value_of

__all__ = ["bind", "render", "spark_name"]

_LOOSE = (exp.Binary, exp.Not, exp.In, exp.Between, exp.Neg, exp.Is, exp.Exists)


def render(plan: exp.Expr, dialect: str, params: Mapping[str, object] | None = None) -> str:
    """Write a plan in the dialect `duckdb` or `spark`, parameters bound as literals.

    Raises:
        PortabilityError: the plan holds a function or construct that is not portable.
        EngineError: a parameter has no value.
    """
    check_portable(plan)
    bound = bind(plan, params or {})
    writer = _WRITERS[dialect]
    generator = writer(
        dialect=dialect, identify=True, comments=False, unsupported_level=ErrorLevel.RAISE
    )
    return str(generator.generate(bound))


def bind(plan: exp.Expr, params: Mapping[str, object]) -> exp.Expr:
    """Put the parameters' values into a copy of the plan.

    Raises:
        EngineError: a parameter has no value.
    """
    if plan.find(exp.Placeholder) is None:
        return plan

    def replaced(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Placeholder):
            return node
        if node.name not in params:
            raise EngineError("The parameter :{name} has no value.", name=node.name or "?")
        return literal(params[node.name])

    return plan.transform(replaced)


def spark_name(name: str) -> str:
    """The temporary view that stands for a dotted table name on Spark."""
    return name.replace(".", "__")


def _call(generator: Generator, node: exp.Anonymous, pick: Callable[..., Rendering]) -> str:
    function = function_named(str(node.this).lower())
    if function is None:
        raise PortabilityError("{what} is no portable function.", what=str(node.this))
    arguments = node.expressions
    if function.name == "as_text" and _is_text(arguments[0]):
        return str(generator.sql(arguments[0]))
    args = [
        f"({generator.sql(a)})" if isinstance(a, _LOOSE) else generator.sql(a) for a in arguments
    ]
    rendering = pick(function)
    if isinstance(rendering, str):
        return rendering.format(*args)
    values = [value_of(a) if is_literal(a) else None for a in arguments]
    return rendering(Call(args, values, lambda text: generator.sql(exp.Literal.string(text))))


def _is_text(node: exp.Expr) -> bool:
    """Whether an expression is text by its form; its text is itself."""
    named = str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
    return named == "as_text" or (isinstance(node, exp.Literal) and node.is_string)


def _ordered(generator: Generator, node: exp.Ordered) -> str:
    direction = "DESC" if node.args.get("desc") else "ASC"
    nulls = "FIRST" if node.args.get("nulls_first") else "LAST"
    return f"{generator.sql(node, 'this')} {direction} NULLS {nulls}"


def _order(generator: Generator, node: exp.Order) -> str:
    items = [
        generator.sql(item if isinstance(item, exp.Ordered) else exp.Ordered(this=item.copy()))
        for item in node.expressions
    ]
    before = "" if isinstance(node.parent, exp.Window) else generator.seg("")
    return f"{before}ORDER BY {', '.join(items)}"


def _spark_table(generator: Generator, node: exp.Table) -> str:
    alias = generator.sql(node, "alias")
    if not node.db:
        return generator.sql(node.this) + (f" AS {alias}" if alias else "")
    name = generator.sql(exp.to_identifier(spark_name(f"{node.db}.{node.name}"), quoted=True))
    return f"{name} AS {alias or generator.sql(node.this)}"


def _wide(symbol: str) -> Callable[[Generator, exp.Binary], str]:
    """DuckDB keeps sums and products of DECIMAL(18) at 18 digits; make room for all of them."""

    def write(generator: Generator, node: exp.Binary) -> str:
        left, right = generator.sql(node, "this"), generator.sql(node, "expression")
        return f"{left} {symbol} ({right} + CAST(0 AS DECIMAL(19, 0)))"

    return write


def _spark_null(generator: Generator, node: exp.Null) -> str:
    """A bare NULL is no condition to Spark."""
    condition = isinstance(node.parent, exp.If) and node.arg_key == "this"
    return "CAST(NULL AS BOOLEAN)" if condition else "NULL"


class _DuckDBWriter(DuckDBGenerator):
    TRANSFORMS: ClassVar = {
        **DuckDBGenerator.TRANSFORMS,
        exp.Anonymous: lambda self, e: _call(self, e, lambda f: f.duckdb),
        exp.Add: _wide("+"),
        exp.Sub: _wide("-"),
        exp.Mul: _wide("*"),
        exp.Ordered: _ordered,
        exp.Order: _order,
    }


class _SparkWriter(SparkGenerator):
    TRANSFORMS: ClassVar = {
        **SparkGenerator.TRANSFORMS,
        exp.Anonymous: lambda self, e: _call(self, e, lambda f: f.spark or f.duckdb),
        exp.Ordered: _ordered,
        exp.Order: _order,
        exp.Table: _spark_table,
        exp.Null: _spark_null,
        exp.TimeStrToTime: lambda self, e: f"CAST({self.sql(e, 'this')} AS TIMESTAMP_NTZ)",
    }
    TYPE_MAPPING: ClassVar = {
        **SparkGenerator.TYPE_MAPPING,
        exp.DataType.Type.TIMESTAMP: "TIMESTAMP_NTZ",
    }


_WRITERS: dict[str, type[Generator]] = {"duckdb": _DuckDBWriter, "spark": _SparkWriter}
