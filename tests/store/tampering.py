"""What somebody with a database tool, or with this very code, could do to a store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from dq.store import Store, canonical_json
from dq.store.keyring import ABOUT_KEYS
from dq.store.merkle import Frontier, leaf_hash

TABLES = ("ledger", "ledger_node")


def tamper(store: Store, *statements: str) -> None:
    """Change the file behind the store's back."""
    connection = sqlite3.connect(store.path)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    dropped = [f"DROP TRIGGER {name}" for (name,) in triggers.fetchall()]
    connection.executescript(";".join((*dropped, *statements)))
    connection.close()


def texts_of(path: Path) -> list[bytes]:
    """The entries of a store, as bytes."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT CAST(entry AS BLOB) FROM ledger ORDER BY seq").fetchall()
    connection.close()
    return [row[0] for row in rows]


def rewrite(store: Store, texts: Sequence[bytes]) -> None:
    """Put other entries in place of all, with every hash above them made anew."""
    tree = Frontier()
    nodes = [node for text in texts for node in tree.append(leaf_hash(text))]
    tamper(store, "DELETE FROM ledger", "DELETE FROM ledger_node", "DELETE FROM ledger_key")
    connection = sqlite3.connect(store.path)
    with connection:
        connection.executemany(
            "INSERT INTO ledger VALUES (?, CAST(? AS TEXT), ?)",
            [(seq, text, leaf_hash(text)) for seq, text in enumerate(texts)],
        )
        connection.executemany("INSERT INTO ledger_node VALUES (?, ?, ?)", nodes)
        connection.executemany(
            "INSERT INTO ledger_key VALUES (?, ?)",
            [
                (seq, fields["object"].removeprefix("key/"))
                for seq, fields in enumerate(map(json.loads, texts))
                if fields["action"] in ABOUT_KEYS
            ],
        )
        connection.execute(
            "UPDATE ledger_head SET size = ?, frontier = ?, root = ?",
            (tree.size, tree.dump(), tree.root()),
        )
    connection.close()


def renumbered(texts: Sequence[bytes]) -> list[bytes]:
    """The entries with the numbers of their places."""
    return [canonical_json({**json.loads(text), "seq": seq}) for seq, text in enumerate(texts)]
