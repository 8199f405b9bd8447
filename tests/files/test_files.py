from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.errors import DqError, LockedError, StoreError
from dq.files import (
    FileLock,
    Holder,
    atomic_write,
    file_error,
    move_folder,
    remove_folder,
    safe_name,
    sha256_file,
    sync_tree,
    write_atomic,
)

NOW = "2026-03-01T09:30:00.000000Z"


# --- writing ---------------------------------------------------------------------------


def test_file_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "отчёты" / "итог.csv"
    with atomic_write(path) as handle:
        handle.write("сумма\n1\n")
        assert not path.exists()
    assert path.read_bytes() == "сумма\n1\n".encode()
    write_atomic(path, b"\r\n")
    assert path.read_bytes() == b"\r\n"
    assert list(path.parent.iterdir()) == [path]


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_atomic(path, "old")

    def fail() -> None:
        with atomic_write(path) as handle:
            handle.write("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_full_disk_while_writing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"

    def fill() -> None:
        with atomic_write(path):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DqError) as caught:
        fill()
    assert str(caught.value) == f"{path}: The disk is full. Free some space and try again."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_mode_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_atomic(path, "1")
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o640)
    write_atomic(path, "2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_digest_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256_file(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with pytest.raises(DqError, match="There is no such file or folder"):
        sha256_file(tmp_path / "none")


def test_folders_move_once_and_go(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    (source / "c").mkdir(parents=True)
    (source / "c" / "d.txt").write_text("x", encoding="utf-8")
    sync_tree(source)
    move_folder(source, target)
    assert (target / "c" / "d.txt").read_text(encoding="utf-8") == "x"
    source.mkdir()
    with pytest.raises(DqError, match="A file or folder of this name is there already"):
        move_folder(source, target)
    remove_folder(target)
    remove_folder(target)
    assert not target.exists()


# --- names -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Выручка по менеджерам", "Выручка по менеджерам"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a/b\\c:d*e?f", "a_b_c_d_e_f"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        (" . ", "_"),
        ("", "_"),
        (".hidden", "hidden"),
        ("line\nbreak\ttab", "line_break_tab"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("й" * 200, "й" * 80),
        ("half \ud800 character", "half character"),
    ],
)
def test_safe_names(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text())
def test_any_text_gives_a_name_that_works(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(name) <= 81
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name == name.strip(" .")
    assert safe_name(name) == name
    assert name.encode("utf-8")


# --- errors ----------------------------------------------------------------------------


ASK = "Ask its owner for the right, or move it."


@pytest.mark.parametrize(
    ("error", "doing", "says"),
    [
        (PermissionError(errno.EACCES, "x"), "read", "You may not read this. " + ASK),
        (PermissionError(errno.EACCES, "x"), "write", "You may not write here. " + ASK),
        (OSError(errno.ENOSPC, "x"), "write", "The disk is full. Free some space and try again."),
        (
            OSError(errno.EROFS, "x"),
            "write",
            "This place is read-only. Choose another folder to write to.",
        ),
        (OSError(errno.ENAMETOOLONG, "x"), "write", "The name is too long. Shorten it."),
        (IsADirectoryError(errno.EISDIR, "x"), "read", "This is a folder, not a file."),
        (
            NotADirectoryError(errno.ENOTDIR, "x"),
            "read",
            "A part of this path is a file, not a folder.",
        ),
        (OSError(errno.EIO, "I/O error"), "read", "The system refuses: I/O error."),
    ],
)
def test_errors_in_words(error: OSError, doing: str, says: str) -> None:
    problem = file_error(error, Path("in/a.csv"), doing, StoreError)  # type: ignore[arg-type]
    assert str(problem) == f"{Path('in/a.csv')}: {says}"
    assert isinstance(problem, StoreError)


@pytest.mark.parametrize("mark", ["~$Сделки.xlsx", "~$елки.xlsx", ".~lock.Сделки.xlsx#"])
def test_workbook_open_in_a_program(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "Сделки.xlsx"
    (tmp_path / mark).touch()
    error = file_error(PermissionError(errno.EACCES, "x"), path, "write")
    assert str(error) == (
        f"{path}: The file is open in another program, probably Excel. Close it and try again."
    )


def test_sharing_violation_of_windows() -> None:
    error = PermissionError(errno.EACCES, "x")
    error.winerror = 32  # type: ignore[attr-defined, unused-ignore]
    assert "Close it and try again" in str(file_error(error, Path("a.parquet"), "write"))


# --- locks -----------------------------------------------------------------------------


def test_lock_names_its_holder(tmp_path: Path) -> None:
    path = tmp_path / ".dq" / "lock"
    with FileLock(path, NOW, "dq run") as lock:
        assert lock.abandoned is None
        with pytest.raises(LockedError) as caught:
            FileLock(path, NOW).acquire()
        assert caught.value.args_["pid"] == str(os.getpid())
        assert caught.value.args_["since"] == NOW
        assert caught.value.exit_code == 3
    with FileLock(path, NOW) as again:
        assert again.abandoned is None
    again.release()


def test_lock_left_by_a_killed_process_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text(
        '{"pid": 1, "host": "h", "user": "ann", "since": "2026", "doing": "dq run"}',
        encoding="utf-8",
    )
    with FileLock(path, NOW) as lock:
        assert lock.abandoned == Holder(1, "h", "ann", "2026", "dq run")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "\ufeff"])
def test_lock_whose_holder_cannot_be_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lock"
    with FileLock(path, NOW):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(LockedError, match="Another dq process is at work in this project"):
            FileLock(path, NOW).acquire()
