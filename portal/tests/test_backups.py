import hashlib
import json
import shutil
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal import backups
from portal.messaging.models import IncomingSms

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    paper = tmp_path / "media" / "2026" / "paper.jpg"
    paper.parent.mkdir(parents=True)
    paper.write_bytes(b"a photograph")
    return paper


@pytest.fixture
def sms():
    return IncomingSms.objects.create(provider_id="before", sender="+84912345678", text="DVC")


def test_a_round_trip_brings_back_rows_and_papers_and_nothing_else(tmp_path, papers, sms, capsys):
    call_command("backup", str(tmp_path / "copy"))
    IncomingSms.objects.create(provider_id="after", sender="+84912345678")
    sms.delete()
    papers.write_bytes(b"damaged")
    (papers.parent / "later.jpg").write_bytes(b"later")

    with pytest.raises(CommandError, match=r"The database is not empty\. .* --force"):
        call_command("restore", str(tmp_path / "copy"))
    assert IncomingSms.objects.get().provider_id == "after"

    call_command("restore", str(tmp_path / "copy"), "--force")
    assert IncomingSms.objects.get().provider_id == "before"
    assert papers.read_bytes() == b"a photograph"
    assert [file.name for file in papers.parent.iterdir()] == ["paper.jpg"]
    assert "Restored" in capsys.readouterr().out

    # A database that was restored can be backed up and restored again.
    call_command("backup", str(tmp_path / "again"))
    call_command("restore", str(tmp_path / "again"), "--force")
    assert IncomingSms.objects.get().provider_id == "before"
    IncomingSms.objects.create(provider_id="numbers go on", sender="+84912345678")


def test_a_backup_says_what_is_in_it_and_is_closed_to_others(tmp_path, sms):
    manifest = backups.make(tmp_path / "copy")
    assert json.loads((tmp_path / "copy" / "manifest.json").read_text()) == manifest
    assert manifest["counts"]["messaging.IncomingSms"] == 1
    assert manifest["media"] == {"2026/paper.jpg": {"bytes": 12, "sha256": hashlib.sha256(b"a photograph").hexdigest()}}
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "copy" / "database.dump").stat().st_mode) == 0o600


def test_a_backup_never_overwrites(tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "something").touch()
    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", str(tmp_path / "copy"))


def test_a_failed_backup_leaves_nothing(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise backups.BackupError("pg_dump failed")

    monkeypatch.setattr(backups, "_run", fail)
    with pytest.raises(backups.BackupError):
        backups.make(tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"changed")])
@pytest.mark.parametrize("name", ["database.dump", "media/2026/paper.jpg"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(tmp_path, sms, harm, name):
    backups.make(tmp_path / "copy")
    harm(tmp_path / "copy" / name)
    with pytest.raises(backups.BackupError, match="Nothing was restored"):
        backups.restore(tmp_path / "copy", force=True)
    assert IncomingSms.objects.get() == sms


def test_a_restore_that_fails_half_way_leaves_what_was_there(tmp_path, sms):
    backups.make(tmp_path / "copy")
    dump: Path = tmp_path / "copy" / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-2000])
    manifest = json.loads((tmp_path / "copy" / "manifest.json").read_text())
    manifest["database"] = backups._facts(dump)
    (tmp_path / "copy" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(backups.BackupError, match="pg_restore failed"):
        backups.restore(tmp_path / "copy", force=True)
    assert IncomingSms.objects.get() == sms
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'before_restore'")
        assert cursor.fetchone() == (0,)


def test_a_folder_that_is_no_backup_is_named(tmp_path):
    with pytest.raises(CommandError, match="is not a backup"):
        call_command("restore", str(tmp_path))
    shutil.rmtree(tmp_path / "media")
