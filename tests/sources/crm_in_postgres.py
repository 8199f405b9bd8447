"""The sample CRM as tables of a PostgreSQL database, with the types that its columns allow."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from dq.crm.model import TABLES, entity
from dq.intake import expand, read_all
from tests.servers import Server

_TYPES = {
    "integer": ("bigint",),
    "decimal": ("numeric", "numeric(18, 4)"),
    "boolean": ("boolean",),
    "date": ("date",),
    "timestamp": ("timestamp",),
}


def load_crm(server: Server, folder: Path, work: Path) -> list[str]:
    """Make the tables; the columns that could be given a type of their own."""
    raws = read_all([(path, None) for path in expand([folder])], work, lenient=True).raws
    typed = []
    with server.owner() as connection, connection.cursor() as cursor:
        for raw in raws:
            texts = pq.read_table(raw.path, columns=list(raw.columns)).replace_schema_metadata()
            cursor.adbc_ingest(raw.name, texts, mode="create")
            for column in raw.columns:
                timed = pc.any(pc.match_substring(texts[column], ":")).as_py()
                known = entity(raw.name).columns.get(column) if raw.name in TABLES else None
                for kind in _TYPES.get(known.type, ()) if known is not None else ():
                    kind = "date" if kind == "timestamp" and not timed else kind
                    alter = (
                        f'ALTER TABLE "{raw.name}" ALTER COLUMN "{column}" TYPE {kind} '
                        f'USING "{column}"::{kind}'
                    )
                    try:
                        cursor.execute(alter)
                    except Exception:
                        continue
                    typed.append(f"{raw.name}.{column}: {kind}")
                    break
    return typed
