"""Files that are whole or absent, digests, locks, safe names, and errors said in words."""

from dq.files.lock import FileLock, Holder
from dq.files.problems import file_error, file_errors
from dq.files.system import host_name, sync_folder, user_name
from dq.files.workspace import workspace
from dq.files.writing import (
    atomic_write,
    move_folder,
    remove_folder,
    remove_temporaries,
    safe_name,
    sha256_file,
    sync_tree,
    write_atomic,
)

__all__ = [
    "FileLock",
    "Holder",
    "atomic_write",
    "file_error",
    "file_errors",
    "host_name",
    "move_folder",
    "remove_folder",
    "remove_temporaries",
    "safe_name",
    "sha256_file",
    "sync_folder",
    "sync_tree",
    "user_name",
    "workspace",
    "write_atomic",
]
