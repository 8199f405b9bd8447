"""Progress on stderr: a bar for long work on a terminal, nothing anywhere else."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from dq.formats.terminal import text_width

if TYPE_CHECKING:
    from typing import IO, Self

    from dq.i18n.translator import Translator

__all__ = ["Progress"]

Item = TypeVar("Item")

_EVERY = 0.1
_PATIENCE = 0.7
_BAR = 24


class Progress:
    """A bar such as `Checking deals  [########................]  33%  0:12 left`.

    It appears only on a terminal, only after 0.7 s of work, is drawn at most ten times a
    second, and leaves nothing behind. Used as a context manager::

        with Progress(t, total=len(rules), show=not quiet) as progress:
            for rule in rules:
                progress.step(label_of(rule))

    Args:
        t: Speaks the language.
        total: Steps there are; None shows a count and the time without a bar.
        show: False never draws (`--quiet`).
        stream: Where to draw, stderr by default.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        t: Translator,
        total: int | None = None,
        *,
        show: bool = True,
        stream: IO[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._t = t
        self._total = total
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._on = show and self._stream.isatty()
        self._started = clock()
        self._drawn_at = 0.0
        self._done = 0
        self._label = ""
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def step(self, label: str | None = None, steps: int = 1) -> None:
        """Say that steps are done; the label names what is being done from now on."""
        self._done += steps
        if label is not None:
            self._label = label
        self._draw()

    def label(self, label: str) -> None:
        """Name what is being done."""
        self.step(label, 0)

    def each(self, items: Iterable[Item], label: Callable[[Item], str]) -> Iterator[Item]:
        """The items, each labelled while it is worked on."""
        for item in items:
            self.label(label(item))
            yield item
            self.step()

    def clear(self) -> None:
        """Take the bar away, so that other output starts on a clean line."""
        if self._drawn:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()
            self._drawn = False

    def _draw(self) -> None:
        if not self._on:
            return
        now = self._clock()
        if now - self._started < _PATIENCE or (self._drawn and now - self._drawn_at < _EVERY):
            return
        width = shutil.get_terminal_size().columns - 1
        tail = self._tail(now - self._started)
        label = self._label
        while label and text_width(f"{label}  {tail}") > width:
            label = label[:-1]
        self._stream.write(f"\r\x1b[2K{label}  {tail}"[: width + 5])
        self._stream.flush()
        self._drawn_at, self._drawn = now, True

    def _tail(self, spent: float) -> str:
        if not self._total:
            count = f"{self._t.number(self._done)}  " if self._done else ""
            return count + _clock_text(spent)
        share = min(self._done / self._total, 1.0)
        full = round(share * _BAR)
        bar = "#" * full + "." * (_BAR - full)
        text = f"[{bar}] {round(100 * share):3d}%"
        if 0 < share < 1:
            left = _clock_text(spent / share - spent)
            text += f"  {self._t.t('progress.left', time=left)}"
        return text


def _clock_text(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
