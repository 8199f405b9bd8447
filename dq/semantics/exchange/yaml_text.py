"""Plain values as YAML that every reader takes the same way."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["quoted", "yaml_text"]

_PLAIN = re.compile(r"[^\W\d_][\w./+*()-]*(?: [\w./+*()-]+)*")
_MEANING = frozenset("true false null yes no on off y n ~".split())


def quoted(text: str) -> Any:
    """The text for ruamel.yaml: in quotes unless YAML 1.1 and 1.2 both read it as a text."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if _PLAIN.fullmatch(text) and text.lower() not in _MEANING:
        return text
    return DoubleQuotedScalarString(text)


def yaml_text(document: Mapping[str, object], remarks: Sequence[str] = ()) -> str:
    """A document as YAML, after remarks as comments."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    for remark in remarks:
        for line in remark.splitlines() or [""]:
            stream.write(f"# {line}".rstrip() + "\n")
    yaml.dump(_styled(document), stream)
    return stream.getvalue()


def _styled(value: object) -> Any:
    if isinstance(value, Mapping):
        return {quoted(str(key)): _styled(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_styled(member) for member in value]
    return quoted(value) if isinstance(value, str) else value
