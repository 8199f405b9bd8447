"""dq glossary export and import, as they are typed."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import yaml

from dq.cli.glossary import command
from dq.cli.options import State
from dq.errors import UsageError

SMALL = Path(__file__).parent / "small.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dq.yaml").write_text("dq: 1\n", encoding="utf-8")
    (tmp_path / "glossary.yaml").write_text(SMALL.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def dq_glossary(
    *words: str, folder: Path, language: str = "en", quiet: bool = False
) -> tuple[object, str, str]:
    """Exit code and both streams."""
    out, err = io.StringIO(), io.StringIO()
    state = State(folder, language, quiet, False, None)
    with redirect_stdout(out), redirect_stderr(err):
        code = command.main(list(words), obj=state, standalone_mode=False)
    return code, out.getvalue(), err.getvalue()


def test_export_to_stdout_and_losses_to_stderr(folder: Path) -> None:
    code, out, err = dq_glossary("export", "--format", "dbt", "--term", "recent", folder=folder)
    assert code == 0
    assert yaml.safe_load(out)["metrics"] == []
    assert err.splitlines() == [
        "What this form cannot say:",
        "- recent@2024-01-01: its SQL needs the parameter as_of, whose value only a report knows",
        "- stages: the stages of deals",
        "- departments: labels and names of departments",
        "- fields: what columns may hold and when they must be filled: "
        "deals.amount, deals.kind, deals.region",
    ]
    quiet = dq_glossary("export", "--format", "dbt", "--term", "recent", folder=folder, quiet=True)
    assert quiet == (0, out, "")


@pytest.mark.parametrize("form", ["odcs", "skos", "dbt", "ossie", "markdown", "csv"])
@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_every_form_to_a_file(form: str, language: str, folder: Path) -> None:
    file = folder / f"out.{form}"
    code, out, _ = dq_glossary(
        "export", "--format", form, "--output", str(file), folder=folder, language=language
    )
    assert (code, out) == (0, "")
    assert "prospect" in file.read_text(encoding="utf-8")


def test_a_day(folder: Path) -> None:
    words = ("export", "--format", "csv", "--term", "prospect", "--as-of", "2024-03-01")
    _, out, _ = dq_glossary(*words, folder=folder)
    assert [line.split(",")[4] for line in out.splitlines()[1:]][:1] == ["2024-01-01"]
    assert len(out.splitlines()) == 3
    assert {line.rpartition(",")[2] for line in out.splitlines()[1:]} == {"written"}


def test_no_such_term(folder: Path) -> None:
    with pytest.raises(UsageError) as caught:
        dq_glossary("export", "--format", "csv", "--term", "prospekt", folder=folder)
    assert str(caught.value) == (
        "There is no term prospekt in the glossary. Did you mean prospect?"
    )


TABLE = """\
term,kind,of,means_ru,where,status
early,population,deals,Ранняя.,stage = 'new',approved
draft,,deals,Черновик.,,
came,,,,source = 'fair',
came,,,,source = 'fair',
came,,,,source = ,
"""


def test_import_says_first_and_writes_when_told(folder: Path) -> None:
    (folder / "in.csv").write_text(TABLE, encoding="utf-8")
    before = (folder / "glossary.yaml").read_bytes()
    code, out, _ = dq_glossary("import", "in.csv", folder=folder, language="ru")
    day = out.partition("early@")[2][:10]
    place = folder / "in.csv"
    said = [
        f"добавлено: early@{day} (means, where)",
        f"нужен SQL, не записано: draft ({place}, строка 3)",
        "изменено: came@2024-01-01 (where)",
        "status: состояние из файла здесь ничего не значит: утверждения хранит журнал",
        "добавлено: 1; изменено: 1; оставлено как есть: 1; нужен SQL, не записано: 1; отклонено: 1",
    ]
    lines = out.splitlines()
    assert code == 1
    assert [*lines[:3], *lines[4:6]] == said
    assert lines[3].startswith(f"отклонено: {place}, строка 6: ")
    assert lines[6] == "Пока ничего не записано; это делает --write."
    assert (folder / "glossary.yaml").read_bytes() == before
    code, out, _ = dq_glossary("import", "in.csv", "--write", folder=folder)
    assert code == 1
    assert out.splitlines()[-1] == (
        "Written. Nothing is approved by this: propose and approve what changed."
    )
    assert b"early:" in (folder / "glossary.yaml").read_bytes()
    assert not (folder / ".dq").exists()


def test_no_such_file(folder: Path) -> None:
    from dq.errors import DqError

    with pytest.raises(DqError) as caught:
        dq_glossary("import", "none.csv", folder=folder)
    assert "no such file" in str(caught.value)


def test_a_form_by_the_file_s_ending(folder: Path) -> None:
    for form, name in (("skos", "a.ttl"), ("dbt", "a.yml"), ("csv", "a.csv")):
        path = str(folder / name)
        dq_glossary("export", "--format", form, "--output", path, folder=folder)
        code, out, _ = dq_glossary("import", name, folder=folder)
        assert code == 0
        assert "added: 0;" in out
