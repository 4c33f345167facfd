import json

import pytest
from django.core.management import call_command

from dossiers.tests.make import make_dossier, make_draft
from procedures.tests.make import DECLARATION, make_procedure


@pytest.mark.django_db(transaction=True)
def test_every_submitted_dossier_and_message_is_one_line_of_one_moment(lan, hoa, agency, capsys):
    procedure = make_procedure(declaration=DECLARATION)
    make_draft(lan, procedure)
    dossier = make_dossier(lan, procedure, agency, answers={"tre_ho_ten": "Y Minh Niê"})
    dossier.attachments.create(file="x", original_name="x.jpg", content_type="image/jpeg", size=7, sha256="ab")
    dossier.move("receive", by=hoa)
    call_command("audit_dump")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    series, _, number = dossier.receipt_code.rpartition("-")
    assert rows[0] == {
        "t": "dossier",
        "id": dossier.pk,
        "code": dossier.receipt_code,
        "series": series,
        "seq": int(number),
        "marker": "Y Minh Niê",
        "owner": lan.username,
        "status": 2,
        "files": [["ab", 7]],
    }
    assert [(row["t"], row["channel"], row["to"], row["status"], row["dossier"]) for row in rows[1:]] == [
        ("message", "sms", lan.phone, "waiting", dossier.pk),
        ("message", "email", lan.email, "waiting", dossier.pk),
    ]
