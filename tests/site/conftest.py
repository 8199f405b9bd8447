"""A project with hostile and plain data, run twice, with its site; and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dq.clock import FixedClock
from dq.project import Project
from dq.semantics.approval import Standing
from dq.semantics.glossary import load_glossary
from dq.semantics.inforce import Meaning
from dq.semantics.workflow import approve, chosen, propose
from dq.start import start
from dq.store import Actor, open_store
from dq.store.keyring import CHECKPOINT_KEY
from dq.store.signing import Signer, public_text

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HEAD = "ID,Deal name,Company,Status,Amount,Currency,Created,Closed,Owner,Note\n"
HOSTILE = (
    "<script>window.hurt=1</script>",
    "{{7*7}}",
    "javascript:window.hurt=1",
    "invoice\u202efdp.exe",
    "=1+1",
    "x" * 200_000,
)


def deals(broken: int) -> str:
    """Plain deals, hostile names, and so many won deals without amount."""
    lines = [HEAD]
    for i in range(120):
        amount = "" if i < broken else f"{1000 + 7 * i}"
        lines.append(
            f"D{i:03},Deal {i},Company {i % 30},won,{amount},EUR,2026-01-{1 + i % 28:02},"
            f"2026-02-{1 + i % 28:02},Anna,called\n"
        )
    for i, name in enumerate(HOSTILE):
        quoted = name.replace('"', '""')
        lines.append(f'H{i},"{quoted}","{quoted}",won,,EUR,2026-01-05,2026-02-05,Anna,"{quoted}"\n')
    return "".join(lines)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Run twice: three won deals lost their amount in between."""
    folder = tmp_path_factory.mktemp("site")
    file = folder / "deals.csv"
    file.write_text(deals(broken=60), encoding="utf-8")
    start(folder, [file])
    project = Project(folder)
    project.run()
    file.write_text(deals(broken=63), encoding="utf-8")
    project.build_site(project.run(), "en")
    return project


@pytest.fixture(scope="session")
def first_page(project: Project) -> Path:
    return project.folder / "site" / "index.html"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed.")
        pytest.skip("needs Debian's chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose glossary was proposed and approved in part: with a key, and by name only."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "glossary.yaml").write_bytes((Path(__file__).parent / "house.yaml").read_bytes())
    file = folder / "deals.csv"
    lines = [HEAD]
    for i in range(60):
        status = ("open", "won", "lost")[i % 3]
        key = f"person{i}@mail.example" if i >= 54 else f"D{i:03}"
        lines.append(
            f"{key},Deal {i},Company {i % 9},{status},{1000 + 20 * i},EUR,2026-01-{1 + i % 28:02},"
            f"2026-02-{1 + i % 28:02},Anna,called\n"
        )
    file.write_text("".join(lines), encoding="utf-8")
    start(folder, [file])
    project = Project(folder, clock=FixedClock(datetime(2026, 3, 11, 9, 0)))
    decide(project)
    project.build_site(project.run(), "en")
    return project


def decide(project: Project) -> None:
    """Ann signs what she proposes; Boris, Vera and Olga only type their names."""
    ann = Actor("Ann Lee", "laptop", "ann", Signer.new())
    with open_store(project.folder, FixedClock(datetime(2026, 3, 1, 9, 0))) as store:

        def at_hand(*names: str) -> list[Standing]:
            glossary = load_glossary(project.glossary_path)
            return chosen(Meaning(glossary, store.definition_steps()), names)

        propose(store, ann, at_hand("prospect", "revenue", "hostile"), because="first <b>list</b>")
        boris = Actor("Boris", "desk-7", "boris.k")
        approve(store, boris, at_hand("prospect", "hostile"), because="agreed on Monday")
        vera = Actor("Vera", "desk-8", "vera")
        propose(store, vera, at_hand("deals.status", "stages"), because="as in the CRM")
        olga = Actor("Olga", "desk-9", "olga")
        approve(store, olga, at_hand("deals.status"), because="yes")
        key = Signer.new()
        public = {"public": public_text(key.public)}
        name = f"key/{key.fingerprint}"
        with store.decide(ann, CHECKPOINT_KEY, name, "signs checkpoints", public):
            pass
    text = project.glossary_path.read_text(encoding="utf-8")
    newer = text.replace("status IN ('open', 'won')", "status <> 'lost'")
    project.glossary_path.write_text(newer, encoding="utf-8")
