"""Drafts written into the database of a running site, up to the review; run there with `manage.py shell`."""

import json

from accounts.models import User
from dossiers.tests.make import make_ready_draft
from procedures import declaration
from procedures.models import Procedure
from tests.outage.form import ANSWERS, PROCEDURE

# Several offices, so that several counters of receipt codes run side by side.
AGENCIES = 3
# What the wizard would fill in from the account.
FROM_THE_ACCOUNT = {
    "nguoi_yeu_cau_ho_ten": "H’Hen Niê Kdăm",
    "nguoi_yeu_cau_so_giay_to": "066194001234",
    "nguoi_yeu_cau_noi_cu_tru_province": "Tỉnh Đắk Lắk",
    "nguoi_yeu_cau_noi_cu_tru_commune": "xã Buôn Đôn",
    "nguoi_yeu_cau_noi_cu_tru_street": "Số 12, buôn Akŏ Dhông",
    "nguoi_yeu_cau_sdt": "0912 345 678",
    "dc_quoc_tich": "Việt Nam",
}


def prepare(accounts: list[str], how_many: int) -> None:
    """Deal so many drafts out to these accounts; prints the keys of each one's as JSON."""
    procedure = Procedure.objects.get(code=PROCEDURE)
    form = declaration.form_for(procedure.current.declaration, data=FROM_THE_ACCOUNT | ANSWERS)
    assert form.is_valid(), form.errors
    agencies = list(procedure.current.possible_agencies()[:AGENCIES])
    citizens = [User.objects.get(username=name) for name in accounts]
    keys = {name: [] for name in accounts}
    for n in range(how_many):
        citizen = citizens[n % len(citizens)]
        # The code and the oath are left to the press of the button.
        draft = make_ready_draft(
            citizen, procedure, agencies[n % len(agencies)], answers=form.answers(), captcha_solved_at=None, sworn_at=None
        )
        keys[citizen.username].append(str(draft.key))
    print(json.dumps(keys))
