"""What holds for the repository as a whole: documents, names, sizes, encodings."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

import pytest

import dq
from dq import errors
from dq.cli.main import VERBS

ROOT = Path(__file__).parent.parent
LONGEST = 600
SKIPPED = {".git", ".venv", "build", "dist", "__pycache__", ".dq"}
TEXT = {
    "", ".css", ".csv", ".html", ".j2", ".js", ".json", ".lock", ".md", ".po", ".py", ".sh",
    ".sql", ".svg", ".toml", ".tsv", ".txt", ".yaml", ".yml",
}  # fmt: skip

# Written in parts, so that this file does not match itself.
MACHINE_PATHS = [rf"/{top}/[a-z]" for top in ("work", "root", "tmp/v")] + [
    "/" + "home/[a-z]", "/" + "Users/[A-Za-z]", r"[A-Z]:\\" + "Users"
]  # fmt: skip
HOSTS = [
    "pypi" + r"\.org", "pythonhosted" + r"\.org", "repo" + r"\d*\.maven", "registry" + r"\.npmjs",
    "index" + "-url", "find" + "-links", r"conda\." + "anaconda",
]  # fmt: skip
WORDS = [
    r"\bsession" + r"s? (?:log|brief|notes?)\b", r"\bthis " + r"session\b",
    r"\bissue " + r"#?\d", r"\bpull " + r"request #", r"\bas an " + r"AI\b",
    r"\blanguage " + r"model\b", r"\bCl" + r"aude\b", r"\bChat" + r"GPT\b",
    r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b",
]  # fmt: skip

PUBLIC = {
    "dq": {"Project", "__version__", "scan"},
    "dq.errors": {
        "ConfigError", "DqError", "EngineError", "IntegrityError", "LockedError", "Place",
        "PortabilityError", "SourceError", "StoreError", "UsageError",
    },
    "dq.findings": {
        "Finding", "Group", "InputFact", "Note", "OriginSummary", "Outcome", "Result",
        "RuleOutcome", "Severity", "Since", "TableSummary", "finding_id", "findings_schema",
    },
    "dq.tables": {"ROW", "BatchFn", "Problem", "RawTable", "SourceFacts"},
    "dq.demo.generate": {"LEAST_ROWS", "generate"},
}  # fmt: skip


@cache
def repository_files() -> tuple[Path, ...]:
    """What is, or would be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.decode("utf-8").rstrip("\0").split("\0")
        found = [ROOT / name for name in names]
    else:
        found = list(ROOT.rglob("*"))
    return tuple(
        sorted(
            path
            for path in found
            if path.is_file() and not SKIPPED & set(path.relative_to(ROOT).parts)
        )
    )


def text_files() -> Iterator[tuple[Path, str]]:
    for path in repository_files():
        if path.suffix in TEXT and path.name != "LICENSE":
            try:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # fixtures in other encodings


def python_files(*tops: str) -> Iterator[tuple[Path, str]]:
    for path, text in text_files():
        if path.suffix == ".py" and path.parts[0] in tops:
            yield path, text


def document(name: str) -> str:
    path = ROOT / "docs" / name
    if not path.exists():
        pytest.skip(f"docs/{name} has not been written")
    return path.read_text(encoding="utf-8")


def matches(patterns: list[str], *, fold: bool = False) -> list[str]:
    wanted = re.compile("|".join(patterns), re.IGNORECASE if fold else 0)
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), start=1)
        if wanted.search(line)
    ]


def test_no_machine_paths() -> None:
    assert matches(MACHINE_PATHS) == []


def test_no_registry_hosts() -> None:
    assert matches(HOSTS, fold=True) == []


def test_no_words_about_how_it_was_made() -> None:
    assert matches(WORDS) == []


def test_files_are_short() -> None:
    longest = {
        str(path): count
        for path, text in python_files("dq", "tests", "benchmarks")
        if (count := len(text.splitlines())) > LONGEST
    }
    assert longest == {}


def test_tests_mirror_the_packages() -> None:
    packages = {path.parts[1] for path, _ in python_files("dq") if len(path.parts) > 2}
    mirrored = {path.parts[1] for path, _ in python_files("tests") if len(path.parts) > 2}
    assert packages - mirrored == set()


def test_every_open_names_its_encoding() -> None:
    silent = [
        f"{path}:{call.lineno}"
        for path, text in python_files("dq", "tests", "benchmarks")
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and opens_text_silently(call)
    ]
    assert silent == []


def opens_text_silently(call: ast.Call) -> bool:
    """Whether a call opens a text file without saying in which encoding."""
    named = {keyword.arg for keyword in call.keywords}
    if "encoding" in named or None in named:
        return False
    if isinstance(call.func, ast.Attribute):
        name, at = call.func.attr, 0
        if name == "read_text":
            return not call.args
        if name == "write_text":
            return len(call.args) < 2
        owner = call.func.value
        if name == "open" and isinstance(owner, ast.Name) and owner.id in OTHER_OPENERS:
            return False
    elif isinstance(call.func, ast.Name):
        name, at = call.func.id, 1
    else:
        return False
    if name != "open":
        return False
    mode = next((k.value for k in call.keywords if k.arg == "mode"), None)
    if mode is None and len(call.args) > at:
        mode = call.args[at]
    if isinstance(mode, ast.Constant) and isinstance(mode.value, str):
        # What is no mode is the name of a member, as in an archive's `open`.
        return bool(re.fullmatch(r"[rwaxt+]+", mode.value))
    return mode is None


OTHER_OPENERS = {"archive", "gzip", "io", "os", "zipfile", "tarfile", "pa", "webbrowser"}
"""Owners of an `open` that is not that of a text file."""


def test_the_check_of_open_sees_what_it_should() -> None:
    cases = {
        "open(p)": True,
        "open(p, 'rb')": False,
        "open(p, 'w', encoding='utf-8')": False,
        "path.open()": True,
        "path.open('rb')": False,
        "container.open('content.xml')": False,
        "path.read_text()": True,
        "path.read_text('utf-8')": False,
        "path.write_text(text)": True,
        "path.write_text(text, encoding='utf-8')": False,
    }
    found = {code: opens_text_silently(ast.parse(code).body[0].value) for code in cases}  # type: ignore[attr-defined]
    assert found == cases


@pytest.mark.parametrize("module", sorted(PUBLIC))
def test_public_names_are_pinned(module: str) -> None:
    names = __import__(module, fromlist=["__all__"]).__all__
    assert set(names) == PUBLIC[module]
    assert len(names) == len(set(names))


def test_every_module_names_what_is_public() -> None:
    silent = [
        str(path)
        for path, text in python_files("dq")
        if path.name not in ("__init__.py", "__main__.py") and "\n__all__" not in text
    ]
    assert silent == []


def exit_codes() -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {0: [], 1: []}
    for name in errors.__all__:
        found = getattr(errors, name)
        if isinstance(found, type) and issubclass(found, errors.DqError):
            codes.setdefault(found.exit_code, []).append(name)
    return codes


def test_exit_codes_are_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = readme[readme.index("Exit codes") :].split("\n\n")[0]
    assert {int(code) for code in re.findall(r"\b(\d) [a-z]", line)} == set(exit_codes())


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_verbs_are_documented(verb: str) -> None:
    assert re.search(rf"\bdq {verb}\b", document("cli.md")), f"dq {verb} is not in docs/cli.md"


def test_every_rule_is_documented() -> None:
    from dq.checks.rules import RULES

    page = document("rules.md")
    missing = [rule.code for rule in RULES if not re.search(rf"\b{rule.code}\b", page)]
    assert missing == []


def test_links_in_documents_lead_somewhere() -> None:
    broken = []
    for path, text in text_files():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            place, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", target) or target == "docs/images/site.png":
                continue
            there = (ROOT / path.parent / unquote(place)).resolve() if place else ROOT / path
            if not there.exists() or (anchor and anchor not in anchors(there)):
                broken.append(f"{path}: {target}")
    assert broken == []


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_verbs_in_documents_exist() -> None:
    named = {
        (str(path), verb)
        for path, text in text_files()
        if path.suffix == ".md"
        for verb in re.findall(r"(?:^|`|\n)dq (?:--?\w+ \w+ )?([a-z]+)\b", text)
    }
    assert {(path, verb) for path, verb in named if verb not in VERBS} == set()


def test_columns_of_findings_are_documented() -> None:
    from dq.findings import findings_schema

    page = document("formats.md")
    section = page[page.index("## findings.parquet") : page.index("## JSON")]
    listed = [
        name.strip()
        for row in re.findall(r"^\| ([a-z_, ]+) \|", section, flags=re.MULTILINE)
        for name in row.split(",")
    ]
    assert listed[1:] == findings_schema().names


def test_tables_of_the_sample_are_as_documented() -> None:
    from dq.demo.world import COLUMNS

    assert f"{len(COLUMNS)} tables" in document("formats.md")


def test_version_is_one_and_the_changelog_knows_it() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[([^\]]+)\]", changelog, flags=re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(r"\d+\.\d+\.\d+", dq.__version__)


def test_lock_is_a_list_of_versions_only() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    odd = [x for x in lines if not re.fullmatch(r"#.*|[A-Za-z0-9][A-Za-z0-9._-]*==[\w.!+]+", x)]
    assert odd == []
    names = [line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line]
    assert names == sorted(set(names))


def test_no_licence_that_binds_others() -> None:
    """GPL and AGPL never, LGPL only for the PostgreSQL driver, which is optional."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    bound = set()
    for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE):
        try:
            found = metadata(name)
        except PackageNotFoundError:
            continue
        licence = found.get("License-Expression") or (found.get("License") or "").split("\n")[0]
        kinds = [c for c in found.get_all("Classifier") or [] if c.startswith("License ::")]
        if re.search(r"GPL|GNU|Elastic|SSPL", " ".join([licence, *kinds])):
            bound.add(name)
    assert not bound


def test_dependencies_are_locked_and_have_their_licence_named() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    needed = [*project["dependencies"], *extras]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower().replace("_", "-")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8").lower().replace("_", "-")
    for line in needed:
        name = re.match(r"[A-Za-z0-9._-]+", line)
        assert name
        plain = name[0].lower().replace("_", "-").replace(".", "-")
        assert re.search(rf"^{plain.replace('-', '[-.]')}\b", notice, re.MULTILINE), name[0]
        if "platform_system" not in line:
            assert re.search(rf"^{plain.replace('-', '[-.]')}==", lock, re.MULTILINE), name[0]
        assert ";" in line or re.search(r">=[\d.]+(,<[\d.]+)?", line), line
