"""Parquet files: nothing is copied, the table keeps its own types."""

from __future__ import annotations

from dq.sources.headers import unique
from dq.sources.job import Job
from dq.sources.lines import Part, note, refuse

__all__ = ["read_parquet"]


def read_parquet(job: Job) -> list[Part]:
    """Look at a Parquet file; its pages are read once, since damage shows nowhere else.

    Raises:
        SourceError: The file is cut or damaged, has two columns of one name, or breaks a limit.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(job.path) as file:
            schema = file.schema_arrow
            rows = file.metadata.num_rows
            for group in range(file.num_row_groups):
                file.read_row_group(group).validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise refuse(
            "The Parquet file is cut or damaged.",
            "Write or copy it again.",
        ) from error
    names = tuple(schema.names)
    _check(job, names, rows)
    notes = []
    nested = [f.name for f in schema if pa.types.is_nested(f.type)]
    if nested:
        notes.append(
            note("source.nested_columns", severity="warning", n=len(nested), columns=nested)
        )
    if not rows:
        notes.append(note("source.no_rows", severity="warning"))
    return [
        Part(
            path=job.path,
            names=names,
            rows=rows,
            rows_read=rows,
            notes=tuple(notes),
            headers=names,
            typed=True,
        )
    ]


def _check(job: Job, names: tuple[str, ...], rows: int) -> None:
    options = job.options
    if not names:
        raise refuse("There is nothing in it.", "Export it again and look at the file's size.")
    _, repeated = unique(names)
    if repeated:
        raise refuse(
            "Two columns have the name “{column}”.",
            "Rename one of them: names that differ only in case count as the same.",
            column=repeated[0],
        )
    if len(names) > options.max_columns:
        raise refuse(
            "It has {n} columns; the limit is {limit}.",
            "Leave out what is not needed, or raise max_columns.",
            n=len(names),
            limit=options.max_columns,
        )
    if options.max_rows is not None and rows > options.max_rows:
        raise refuse(
            "It has more than {limit} rows.",
            "Split the file, or raise max_rows.",
            limit=options.max_rows,
        )
