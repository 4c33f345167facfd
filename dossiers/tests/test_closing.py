import pytest

from accounts import closing
from accounts.models import User
from accounts.tests.at_once import at_once
from accounts.tests.make import make_citizen, make_staff
from dossiers import closing as dossiers_closing
from dossiers import submission
from dossiers.models import Dossier
from dossiers.status import Status
from dossiers.tests.make import make_dossier, make_draft, make_ready_draft
from procedures.tests.make import make_agency, make_procedure


@pytest.fixture
def boss(db):
    return make_staff(is_superuser=True)


def test_drafts_go_and_filed_dossiers_keep_their_own_copy(lan, minh, birth, agency, boss):
    draft, filed, others = make_draft(lan, birth), make_dossier(lan, birth, agency), make_draft(minh, birth)
    number = lan.national_id
    closing.close(closing.ask(lan), by=boss)
    assert not Dossier.objects.filter(pk=draft.pk).exists()
    assert Dossier.objects.filter(pk=others.pk).exists()
    filed.refresh_from_db()
    assert (filed.applicant_name, filed.applicant_national_id, filed.citizen_id) == ("H’Lan Niê", number, lan.pk)


def test_the_owner_is_warned_of_drafts_and_of_open_dossiers(lan, birth, agency):
    assert dossiers_closing.warnings(lan) == []
    make_draft(lan, birth)
    make_dossier(lan, birth, agency, Status.PROCESSING)
    make_dossier(lan, birth, agency, Status.RETURNED)
    draft, open_one = dossiers_closing.warnings(lan)
    assert draft == "1 hồ sơ đang soạn sẽ bị xóa cùng tài khoản."
    assert open_one.startswith("1 hồ sơ đang được giải quyết.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(4))
def test_closed_while_a_dossier_is_submitted_it_is_either_filed_or_gone(_turn):
    lan, boss = make_citizen(), make_staff(is_superuser=True)
    draft = make_ready_draft(lan, make_procedure("Đăng ký khai sinh"), make_agency("UBND phường Buôn Ma Thuột"))
    request = closing.ask(lan)

    def submit():
        try:
            return submission.submit(draft.pk, by=lan).receipt_code
        except Dossier.DoesNotExist:
            return ""

    code, _closed = at_once(submit, lambda: closing.close(request, by=boss))
    assert not User.objects.get(pk=lan.pk).is_active
    kept = Dossier.objects.filter(pk=draft.pk).first()
    if code:
        assert (kept.receipt_code, kept.applicant_name) == (code, "H’Lan Niê")
    else:
        assert kept is None
