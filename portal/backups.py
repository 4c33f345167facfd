"""A copy of everything: the database as one snapshot, the papers, and a list that proves both.

Order matters. Papers have random names and never change, so they are copied before the snapshot and
once more after it: whatever the snapshot speaks of is then in the copy.
"""

import datetime
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, transaction

from portal.services import postgres_tool

DATABASE, MEDIA, MANIFEST = "database.dump", "media", "manifest.json"
ASIDE = "before_restore"


class BackupError(Exception):
    """The copy cannot be made or used; the message says why and what to do."""


# --- Making one -----------------------------------------------------------------------------------


def make(folder: Path) -> dict:
    """Write a backup into a new folder, which appears only once it is complete; return its manifest."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not empty. Name a new folder: a backup never overwrites another.")
    draft = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    try:
        manifest = _fill(draft)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    draft.replace(folder)
    return manifest


def _fill(draft: Path) -> dict:
    copy_media(draft / MEDIA)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        counts = count_rows()
        _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", f"--file={draft / DATABASE}")
    copy_media(draft / MEDIA)
    (draft / DATABASE).chmod(0o600)
    manifest = {
        "made_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "postgresql": connection.pg_version // 10000,
        "counts": counts,
        "database": _facts(draft / DATABASE),
        "media": {name: _facts(draft / MEDIA / name) for name in _files(draft / MEDIA)},
    }
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (draft / MANIFEST).chmod(0o600)
    return manifest


def copy_media(target: Path) -> None:
    """Copy the papers that are not copied yet; those in an object store are that store's to keep."""
    target.mkdir(mode=0o700, exist_ok=True)
    if not isinstance(default_storage, FileSystemStorage):
        return
    source = Path(settings.MEDIA_ROOT)
    for name in _files(source):
        if not (target / name).exists():
            (target / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                shutil.copy2(source / name, target / name)
            except FileNotFoundError:
                continue  # an old draft was removed a moment ago, its papers with it


def count_rows() -> dict[str, int]:
    """How many rows each of our models has: what a restore must find again."""
    return {model._meta.label: model._default_manager.count() for model in sorted(apps.get_models(), key=lambda model: model._meta.label)}


# --- Bringing one back ----------------------------------------------------------------------------


def restore(folder: Path, *, force: bool = False) -> dict:
    """Check the backup whole, then bring it back; what was there before is replaced only if all went well."""
    manifest = verify(folder)
    standing = connection.introspection.table_names()
    connection.close()
    if standing and not force:
        raise BackupError("The database is not empty. Restore into an empty one, or add --force to replace everything that is there.")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        cursor.execute("CREATE SCHEMA public")
    try:
        _load(folder / DATABASE)
    except BaseException:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")
    _bring_media(folder / MEDIA, manifest["media"])
    return manifest


def verify(folder: Path) -> dict:
    """The manifest of a backup whose every file is as it was written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BackupError(f"{folder} is not a backup: it has no readable {MANIFEST}.") from None
    expected = {DATABASE: manifest["database"]} | {f"{MEDIA}/{name}": facts for name, facts in manifest["media"].items()}
    for name, facts in expected.items():
        if not (folder / name).is_file() or _facts(folder / name) != facts:
            raise BackupError(f"{folder / name} is missing or was changed since the backup. Nothing was restored.")
    return manifest


def _load(dump: Path) -> None:
    """Load all objects but the schema itself, which stands already."""
    listing = _run("pg_restore", "--list", str(dump), to_server=False)
    wanted = [line for line in listing.splitlines() if " SCHEMA - public " not in line and "SCHEMA public" not in line]
    with tempfile.NamedTemporaryFile("w", prefix="motcua-", suffix=".list") as chosen:
        chosen.write("\n".join(wanted) + "\n")
        chosen.flush()
        _run("pg_restore", "--no-owner", "--no-acl", "--single-transaction", "--exit-on-error", f"--use-list={chosen.name}", str(dump))


def _bring_media(source: Path, names) -> None:
    if not isinstance(default_storage, FileSystemStorage):
        return
    target = Path(settings.MEDIA_ROOT)
    for name in set(_files(target)) - set(names):
        (target / name).unlink()
    for name in names:
        (target / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name)


# --- Both -----------------------------------------------------------------------------------------


def _run(tool: str, *arguments: str, to_server: bool = True) -> str:
    """Run a tool of PostgreSQL; the password travels in the environment, where other users cannot read it."""
    with connection.cursor():  # learn the server's version
        path = postgres_tool(tool, for_server=connection.pg_version // 10000)
    at = connection.get_connection_params()
    environment = os.environ | {
        "PGHOST": str(at.get("host", "")),
        "PGPORT": str(at.get("port", "")),
        "PGUSER": at.get("user", ""),
        "PGPASSWORD": at.get("password", ""),
        "PGSSLMODE": at.get("sslmode", "prefer"),
    }
    target = ["--dbname", at["dbname"]] if to_server else []
    done = subprocess.run([path, *target, *arguments], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip()[-600:]}")
    return done.stdout


def _facts(path: Path) -> dict:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
