"""Real database servers that tests start for themselves and end again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

REQUIRED = os.environ.get("DQ_REQUIRE_PROGRAMS") == "1"
PASSWORD = "p@ss/w:rd %1"
"""Of the readers: with what a url would need to escape."""


@dataclass(frozen=True)
class Server:
    """A server on this machine; `url` is what dq.yaml has, `environ` what it needs to work."""

    kind: str
    port: int
    database: str = "crm"

    @property
    def url(self) -> str:
        return f"{self.kind}://reader:${{CRM_PASSWORD}}@127.0.0.1:{self.port}/{self.database}"

    @property
    def environ(self) -> Mapping[str, str]:
        return {"CRM_PASSWORD": PASSWORD}

    def owner(self) -> Any:
        """A connection that may write, of the driver's own kind."""
        if self.kind == "postgresql":
            from adbc_driver_postgresql import dbapi

            uri = f"postgresql://owner:owner@127.0.0.1:{self.port}/{self.database}"
            return dbapi.connect(uri, autocommit=True)
        import pymysql

        return pymysql.connect(
            host="127.0.0.1", port=self.port, user="owner", password="owner",
            database=self.database,
            autocommit=True,
        )  # fmt: skip

    def another(self, name: str) -> Server:
        """A new database of the server."""
        self.run(f"CREATE DATABASE {name}")
        other = replace(self, database=name)
        if self.kind == "postgresql":
            other.run("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader")
        return other

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements as the owner; the rows of the last one."""
        connection = self.owner()
        rows: Sequence[tuple[Any, ...]] = ()
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                    rows = cursor.fetchall() if cursor.description else ()
        finally:
            connection.close()
        return list(rows)


def absent(what: str) -> None:
    """Skip for want of a program, or fail where it must be there."""
    reason = f"{what} is not installed (DQ_REQUIRE_PROGRAMS=1 insists)"
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def postgres() -> Iterator[Server]:
    """PostgreSQL in a folder of its own, with the users owner and reader (password: above)."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(places[-1]) if places else shutil.which("initdb")
    if found is None:
        absent("PostgreSQL (Debian's package postgresql)")
    bin_, port, user = Path(str(found)).parent, _free_port(), _other_user("postgres")
    with _folder(user) as folder:
        data, log = folder / "data", folder / "log"
        _call([bin_ / "initdb", "-D", data, "-A", "trust", "-U", "root", "-E", "UTF8",
               "--locale=C.UTF-8", "-N"], user, folder)  # fmt: skip
        (data / "pg_hba.conf").write_text(
            "local all root trust\nhost all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8"
        )
        options = f"-k {folder} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [bin_ / "pg_ctl", "-D", data, "-w"]
        _call([*control, "-o", options, "-l", log, "start"], user, folder)
        try:
            sql = [
                "CREATE ROLE owner LOGIN SUPERUSER PASSWORD 'owner'",
                f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'",
                "CREATE DATABASE crm OWNER owner",
            ]
            psql = [bin_ / "psql", "-h", folder, "-p", str(port), "-U", "root", "-d", "postgres"]
            _call([*psql, *(word for one in sql for word in ("-c", one))], user, folder)
            server = Server("postgresql", port)
            server.run(
                "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader",
                "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO reader",
            )
            yield server
        finally:
            _call([*control, "-m", "immediate", "stop"], user, folder)


@contextmanager
def mariadb() -> Iterator[Server]:
    """MariaDB in a folder of its own, with the users owner and reader (password: above)."""
    program = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
    install = shutil.which("mariadb-install-db")
    if program is None or install is None:
        absent("MariaDB (Debian's package mariadb-server)")
    port, user = _free_port(), _other_user("mysql")
    with _folder(user) as folder:
        data, log, start = folder / "data", folder / "log", folder / "start.sql"
        _call([str(install), "--no-defaults", f"--datadir={data}", "--skip-test-db",
               "--auth-root-authentication-method=normal"], user, folder)  # fmt: skip
        start.write_text(
            "CREATE DATABASE crm CHARACTER SET utf8mb4;\n"
            "CREATE USER owner@'127.0.0.1' IDENTIFIED BY 'owner';\n"
            "GRANT ALL ON *.* TO owner@'127.0.0.1';\n"
            f"CREATE USER reader@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
            "GRANT SELECT ON crm.* TO reader@'127.0.0.1';\n",
            encoding="utf-8",
        )
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(program), "--no-defaults", f"--datadir={data}", f"--port={port}",
                 "--bind-address=127.0.0.1", f"--socket={folder / 'socket'}",
                 f"--pid-file={folder / 'pid'}", f"--init-file={start}", "--skip-name-resolve",
                 "--innodb-flush-log-at-trx-commit=0"],
                stdout=output, stderr=output, user=user, cwd=folder,
            )  # fmt: skip
        try:
            server = Server("mysql", port)
            _wait(server, process, log)
            yield server
        finally:
            process.terminate()
            process.wait(60)


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the owner may come in."""
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            server.run("SELECT 1")
        except Exception:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"MariaDB does not start: {log.read_text(encoding='utf-8', errors='replace')}")


def _call(words: Sequence[object], user: str | None, folder: Path) -> None:
    done = subprocess.run(
        [str(word) for word in words],
        user=user, cwd=folder, check=False, text=True, timeout=120,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert done.returncode == 0, f"{words[0]}: {done.stderr}"


def _other_user(name: str) -> str | None:
    """Whom to run as: these servers refuse to run as root."""
    import pwd

    if os.getuid():
        return None
    try:
        pwd.getpwnam(name)
    except KeyError:
        return "nobody"
    return name


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    """A folder that the user may enter: pytest's own are for its user only."""
    folder = Path(tempfile.mkdtemp(prefix="dq-server-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
