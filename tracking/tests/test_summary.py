import pytest

from dossiers import links
from dossiers.models import DossierEvent
from dossiers.status import Status
from dossiers.tests.make import make_dossier
from tracking import summary


@pytest.fixture
def dossier(lan, birth, agency):
    dossier = make_dossier(lan, birth, agency, Status.SUPPLEMENT)
    for verb, before, after, note in (
        ("submit", Status.DRAFT, Status.SUBMITTED, ""),
        ("ask_supplement", Status.SUBMITTED, Status.SUPPLEMENT, "Giấy chứng sinh: ảnh mờ"),
    ):
        DossierEvent.objects.create(
            dossier=dossier, verb=verb, from_status=before, to_status=after, note=note, at=dossier.submitted_at, office="Một cửa"
        )
    return dossier


def test_the_code_alone_shows_status_agency_and_procedure_but_no_name_and_no_reason(dossier):
    found = summary.find(dossier.receipt_code)
    assert (found.code, found.procedure, found.agency, found.status.word) == (
        dossier.receipt_code,
        "Đăng ký khai sinh",
        "UBND phường Buôn Ma Thuột",
        "Yêu cầu bổ sung giấy tờ",
    )
    assert (found.applicant, found.reason, found.proven) == ("", "", False)
    assert all(entry.note == "" for entry in found.timeline)


@pytest.mark.parametrize("field", ["applicant_national_id", "applicant_phone"])
def test_the_last_four_digits_open_the_reason_and_the_masked_name(dossier, field):
    found = summary.find(dossier.receipt_code, digits=getattr(dossier, field)[-4:])
    assert (found.applicant, found.reason, found.proven) == ("H’L** N**", "Giấy chứng sinh: ảnh mờ", True)
    assert [entry.note for entry in found.timeline if entry.css != "upcoming"] == ["", "Giấy chứng sinh: ảnh mờ"]


def test_the_signed_link_opens_the_same(dossier):
    assert summary.find(dossier.receipt_code, token=links.token(dossier)).proven


@pytest.mark.parametrize("proof", [{"digits": "0000"}, {"digits": "84"}, {"token": "x"}, {"token": "đ"}])
def test_a_wrong_proof_is_answered_as_an_unknown_code_is(dossier, proof):
    assert summary.find(dossier.receipt_code, **proof) is None
    assert summary.find("H15.24.133-261118-9999", **proof) is None


def test_an_empty_phone_is_opened_by_nothing(dossier):
    type(dossier).objects.filter(pk=dossier.pk).update(applicant_phone="", applicant_national_id="")
    assert summary.find(dossier.receipt_code, digits="0000") is None


def test_every_spelling_of_a_code_finds_it_and_a_draft_is_never_found(dossier):
    code = dossier.receipt_code
    for typed in (code.lower(), f" <{code}> ", code.replace("-", ""), code.replace(".", " ")):
        assert summary.find(typed).code == code
    assert summary.find("khai sinh") is None


def test_a_look_up_costs_two_queries(dossier, django_assert_num_queries):
    with django_assert_num_queries(2):
        summary.find(dossier.receipt_code, digits="0000")


@pytest.mark.parametrize("typed", ["H15.24.133-261118-9999", "không phải mã", ""])
def test_what_is_no_code_is_looked_for_as_an_unknown_one_is(db, django_assert_num_queries, typed):
    with django_assert_num_queries(1):
        assert summary.find(typed) is None


def test_the_dossiers_own_phone_opens_the_reason_and_another_is_no_wrong_proof(dossier):
    own, other = (summary.find(dossier.receipt_code, phone=phone) for phone in (dossier.applicant_phone, "+84900000000"))
    assert (own.reason, own.proven) == ("Giấy chứng sinh: ảnh mờ", True)
    assert other == summary.find(dossier.receipt_code)
