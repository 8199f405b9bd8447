"""The sample's glossary at work: approved by another, waiting, edited since."""

from __future__ import annotations

from collections import Counter

import pytest

from dq.cli.demo_approvals import ANALYST, EDITED, SALES_HEAD, WAITING, approve_sample
from dq.demo.generate import LEAST_ROWS, generate
from dq.i18n import translator
from dq.meaning import Desk
from dq.project import Project
from dq.semantics.approval import Status


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("demo")
    generate(folder, rows=LEAST_ROWS)
    written = (folder / "glossary.yaml").read_bytes()
    project = Project(folder)
    approve_sample(project, translator("ru"))
    assert (folder / "glossary.yaml").read_bytes() == written
    return Desk(project)


def test_what_stands_where(desk: Desk) -> None:
    standings = desk.meaning().standings.values()
    counts = Counter(standing.status for standing in standings)
    assert counts[Status.PROPOSED] == len(WAITING)
    assert counts[Status.EDITED] == 1
    assert counts[Status.APPROVED] == len(standings) - len(WAITING) - 1
    assert {s.subject for s in standings if s.status is Status.PROPOSED} == set(WAITING)
    for standing in standings:
        if standing.approved is not None:
            assert (standing.approved.by, standing.approved.vouched) == (SALES_HEAD, "typed")


def test_the_edited_text_waits(desk: Desk) -> None:
    """The approved text counts, with the words that were approved beside it."""
    used = desk.show(EDITED).company
    assert used is not None
    assert used.approved
    assert used.waiting == (used.object,)
    assert used.version.where is not None
    assert "-21" in used.version.where.text
    assert "21 days" in used.version.means.text("en")
    assert "21 день" in used.version.means.text("ru")


def test_who_decided(desk: Desk) -> None:
    steps = desk.history("revenue")
    assert {(s.step, s.by) for s in steps} == {("proposed", ANALYST), ("approved", SALES_HEAD)}
    assert {s.because for s in steps if s.step == "approved"} == {
        "обсуждено с руководителями отделов"
    }
