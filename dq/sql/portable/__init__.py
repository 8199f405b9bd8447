"""The portable functions: what plans may use, the same on every engine and on a Python row.

`from dq.sql import portable as f`, then `f.lower(f.col("name"))`. Comparisons and arithmetic
are sqlglot's operators (`a.eq(b)`, `a > b`, `a + b`); division is `f.div0`. Queries are made
with sqlglot's builder: `exp.select(…).from_(f.table("crm.deals")).where(…)`.
"""

from dq.sql.portable.aggregates import *  # noqa: F403
from dq.sql.portable.dates import *  # noqa: F403
from dq.sql.portable.logic import *  # noqa: F403
from dq.sql.portable.names import *  # noqa: F403
from dq.sql.portable.numbers import *  # noqa: F403
from dq.sql.portable.text import *  # noqa: F403
