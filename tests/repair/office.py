"""LibreOffice as a person's program: opens a workbook in a Russian locale and saves it again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.servers import absent

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <item oor:path="/org.openoffice.Setup/L10N">
    <prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>ru-RU</value></prop>
  </item>
</oor:items>
"""


def saved_again(path: Path, work: Path) -> Path:
    """The workbook as LibreOffice writes it."""
    program = shutil.which("soffice")
    if program is None:
        absent("LibreOffice (Debian's package libreoffice-calc)")
    profile, into = work / "profile", work / "saved"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    done = subprocess.run(
        [str(program), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(into), str(path)],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    saved = into / path.name
    assert saved.exists(), done.stderr
    return saved
