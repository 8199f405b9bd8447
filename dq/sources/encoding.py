"""Which encoding a text file is in, and the same text as UTF-8."""

from __future__ import annotations

import codecs
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from dq.findings import Note
from dq.sources.legacy import guess_legacy
from dq.sources.lines import note, refuse
from dq.sources.options import ReadOptions

__all__ = ["Text", "as_utf8", "byte_order_mark", "looks_utf16", "prepare"]

SAMPLE = 256 * 1024
CHUNK = 4 * 1024 * 1024
SURE = 0.8
_MOST_LINES = 4000

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Text:
    """A text file: how it is encoded, and where its UTF-8 bytes are.

    `skip` is the length of a byte order mark in `path`; `damaged` tells that U+FFFD stands
    for bytes that could not be decoded; `temporary` that `path` is ours to delete.
    """

    path: Path
    encoding: str
    skip: int = 0
    damaged: bool = False
    temporary: bool = False
    notes: tuple[Note, ...] = ()


def prepare(path: Path, options: ReadOptions, into: Path, *, doubt: bool = False) -> Text:
    """The text of a file as UTF-8 bytes, the encoding declared, marked or detected.

    UTF-8 is taken from a sample unless `doubt` is set: then every byte is looked at.

    Raises:
        SourceError: Two encodings in one file, an unknown one, or a wrong declaration.
    """
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE)
    marked = byte_order_mark(sample)
    declared = _declared(options.encoding)
    if marked is not None:
        text = Text(path, marked[1], skip=len(marked[0]))
        if declared not in (None, marked[1], "utf-16", "utf-32"):
            text = _with(text, _disagrees(str(options.encoding), marked[1]))
        if text.encoding != "utf-8" and declared is None:
            text = _with(text, note("source.encoding_bom", encoding=text.encoding))
    elif declared is not None:
        text = Text(path, declared)
        if not declared.startswith("utf") and _is_utf8(sample) and not sample.isascii():
            text = _with(text, _disagrees(str(options.encoding), "utf-8"))
    else:
        text = _detected(path, sample, doubt=doubt)
    if text.encoding == "utf-8":
        return _checked(text, into, declared) if doubt else text
    return as_utf8(text, into)


def as_utf8(text: Text, into: Path) -> Text:
    """The same text written as UTF-8 to a temporary file; spoiled bytes become U+FFFD."""
    handle, name = tempfile.mkstemp(".utf8", ".", into)
    os.close(handle)
    target = Path(name)
    decoder = codecs.getincrementaldecoder(text.encoding)("strict")
    damaged = False
    with text.path.open("rb") as source, target.open("wb") as sink:
        source.seek(text.skip)
        while True:
            chunk = source.read(CHUNK)
            state = decoder.getstate()
            try:
                decoded = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                damaged = True
                decoder.errors = "replace"
                decoder.setstate(state)
                decoded = decoder.decode(chunk, final=not chunk)
                decoder.errors = "strict"
            sink.write(decoded.encode("utf-8", "replace"))
            if not chunk:
                break
    return replace(text, path=target, skip=0, damaged=damaged, temporary=True)


def byte_order_mark(sample: bytes) -> tuple[bytes, str] | None:
    """The mark that a text starts with, and the encoding that it stands for."""
    return next(((mark, name) for mark, name in _BOMS if sample.startswith(mark)), None)


def looks_utf16(sample: bytes) -> str | None:
    """The byte order of UTF-16 without a mark, None when it is something else."""
    if len(sample) < 8 or b"\0" not in sample[:4096]:
        return None
    high, low = sample[1 : len(sample) // 2 * 2 : 2], sample[: len(sample) // 2 * 2 : 2]
    for name, upper, lower in (("utf-16-le", high, low), ("utf-16-be", low, high)):
        pages = sum(upper.count(page) for page in (b"\0", b"\4"))
        if pages > 0.95 * len(upper) and lower.count(b"\0") < 0.05 * len(lower):
            return name
    return None


def _declared(name: str | None) -> str | None:
    if name is None:
        return None
    known = {"ansi": "cp1251", "oem": "cp866", "utf-8-sig": "utf-8", "utf8-bom": "utf-8"}
    try:
        codec = codecs.lookup(known.get(name.strip().lower(), name.strip()))
    except LookupError:
        codec = None
    if codec is None or not codec._is_text_encoding:
        raise refuse(
            "There is no encoding “{encoding}”.",
            "Write utf-8, utf-16, cp1251, cp866, koi8-u or cp1252, or leave encoding out.",
            encoding=name,
        )
    return known.get(codec.name, codec.name)


def _detected(path: Path, sample: bytes, *, doubt: bool) -> Text:
    wide = looks_utf16(sample)
    if wide is not None:
        said = note(
            "source.encoding_detected", encoding=wide, confidence=1.0, setting=("encoding", wide)
        )
        return Text(path, wide, notes=(said,))
    if _is_utf8(sample) and not doubt:
        return Text(path, "utf-8")
    census = _Census.of(path, 0)
    if not census.foreign or census.isolated:
        return Text(path, "utf-8")
    if census.utf8 > 0.05 * (census.utf8 + census.foreign):
        raise census.mixed()
    name, sure = guess_legacy(b"\n".join(census.lines))
    said = note(
        "source.encoding_detected" if sure >= SURE else "source.encoding_guessed",
        severity="info" if sure >= SURE else "warning",
        encoding=name,
        confidence=round(sure, 2),
        setting=("encoding", name),
    )
    return Text(path, name, notes=(said,))


def _checked(text: Text, into: Path, declared: str | None) -> Text:
    """UTF-8 text whose every line decodes, or is damaged in a few cells only."""
    census = _Census.of(text.path, text.skip)
    if not census.foreign:
        return text
    if census.isolated:
        return as_utf8(text, into)
    if census.utf8 == 0 and not text.skip and declared is not None:
        name, _ = guess_legacy(b"\n".join(census.lines))
        raise refuse(
            "Line {line} is not {declared}; it looks like {encoding}.",
            "Write encoding: {encoding} for this source.",
            line=census.first_foreign,
            declared="UTF-8",
            encoding=name,
        )
    raise census.mixed()


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _with(text: Text, said: Note) -> Text:
    return replace(text, notes=(*text.notes, said))


def _disagrees(declared: str, found: str) -> Note:
    return note("source.encoding_disagrees", severity="warning", declared=declared, encoding=found)


@dataclass
class _Census:
    """Lines of a file by how they decode: as UTF-8 with other letters than ASCII, or not."""

    utf8: int = 0
    foreign: int = 0
    first_utf8: int = 0
    first_foreign: int = 0
    isolated: bool = True
    lines: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, path: Path, skip: int) -> _Census:
        census = cls()
        number = 1
        for block in _blocks(path, skip):
            count = block.count(b"\n") or (1 if block.endswith(b"\r") else 0)
            if not block.isascii():
                census._look(block, number)
            number += count
        census.isolated = census.isolated and census.utf8 >= 20 * census.foreign
        return census

    def mixed(self) -> Exception:
        """Two encodings in one file, with the first line that differs from those before."""
        first = max(self.first_utf8, self.first_foreign)
        found = "UTF-8" if first == self.first_utf8 else guess_legacy(b"\n".join(self.lines))[0]
        return refuse(
            "Line {line} is in another encoding ({encoding}) than the lines before it.",
            "Export all of it in one encoding, UTF-8 if possible.",
            line=first,
            encoding=found,
        )

    def _look(self, block: bytes, number: int) -> None:
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            lines = [line for line in block.split(b"\n") if not line.isascii()]
            self.utf8 += len(lines)
            if not self.first_utf8:
                self.first_utf8 = number + _index(block, lines[0])
            return
        for offset, line in enumerate(block.split(b"\n")):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                self.foreign += 1
                self.first_foreign = self.first_foreign or number + offset
                self.isolated = self.isolated and _only_cut(line)
                if len(self.lines) < _MOST_LINES:
                    self.lines.append(line[:2000])
            else:
                self.utf8 += 1
                self.first_utf8 = self.first_utf8 or number + offset


def _index(block: bytes, line: bytes) -> int:
    return block.split(b"\n").index(line)


def _only_cut(line: bytes) -> bool:
    """Whether the bytes that do not decode are lone cut characters, not words."""
    spoiled = line.decode("utf-8", "replace")
    return "\ufffd\ufffd" not in spoiled


def _blocks(path: Path, skip: int) -> Iterator[bytes]:
    """Chunks of a file that end at a line end where possible."""
    with path.open("rb") as stream:
        stream.seek(skip)
        rest = b""
        while chunk := stream.read(CHUNK):
            chunk = rest + chunk
            cut = max(chunk.rfind(b"\n"), chunk.rfind(b"\r") if b"\n" not in chunk else -1)
            if cut < 0 and len(chunk) < 8 * CHUNK:
                rest = chunk
                continue
            cut = cut if cut >= 0 else len(chunk) - 1
            yield chunk[: cut + 1]
            rest = chunk[cut + 1 :]
        if rest:
            yield rest
