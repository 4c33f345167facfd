import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from dossiers import receipt
from dossiers.models import ReceiptCounter
from procedures.tests.make import make_agency

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime.datetime(2026, 11, 18, 12, tzinfo=HANOI)


def test_codes_of_an_agency_count_up_from_one_each_day(db):
    agency = make_agency(identifier="H15.24.133")
    first, second = receipt.mint(agency, NOON), receipt.mint(agency, NOON)
    assert first == ("H15.24.133-261118-0001", "H15241332611180001", "H15.24.133-261118", 1)
    assert second.code == "H15.24.133-261118-0002"


def test_each_agency_has_a_counter_of_its_own(db, agency, other_agency):
    receipt.mint(agency, NOON)
    assert receipt.mint(other_agency, NOON).number == 1


def test_the_day_turns_at_midnight_in_vietnam(db):
    agency = make_agency(identifier="H15.24.133")
    before = datetime.datetime(2026, 11, 18, 16, 59, 59, tzinfo=datetime.UTC)  # 23:59:59 in Vietnam
    after = before + datetime.timedelta(seconds=1)
    codes = [receipt.mint(agency, at).code for at in (before, before, after, after)]
    assert codes == [
        "H15.24.133-261118-0001",
        "H15.24.133-261118-0002",
        "H15.24.133-261119-0001",
        "H15.24.133-261119-0002",
    ]


def test_after_9999_the_number_grows_to_five_digits(db):
    agency = make_agency(identifier="H15.24.133")
    ReceiptCounter.objects.create(agency=agency, day=datetime.date(2026, 11, 18), last=9998)
    codes = [receipt.mint(agency, NOON).code for _ in range(3)]
    assert codes == ["H15.24.133-261118-9999", "H15.24.133-261118-10000", "H15.24.133-261118-10001"]
    assert receipt.parse(codes[-1]) == "H152413326111810001"


def test_a_submission_that_fails_leaves_no_gap(db, agency):
    with transaction.atomic():
        receipt.mint(agency, NOON)
        transaction.set_rollback(True)
    assert receipt.mint(agency, NOON).number == 1


@pytest.mark.django_db(transaction=True)
def test_a_code_is_only_minted_in_a_transaction(agency):
    with pytest.raises(RuntimeError, match="inside the transaction"):
        receipt.mint(agency, NOON)


@pytest.mark.parametrize(
    "typed",
    [
        "H15.24.133-261118-0007",
        "h15.24.133-261118-0007",
        "  H15.24.133 - 261118 - 0007 ",
        "<H15.24.133-261118-0007>",
        "[h15.24.133-261118-0007]",
        "H15.24.133–261118–0007.",
        "H15 24 133 261118 0007",
        "H152413326111 80007",
        "“H15.24.133-261118-0007”",
        "Ｈ15.24.133-261118-0007",
    ],
)
def test_a_code_is_read_however_it_was_typed(typed):
    assert receipt.parse(typed) == "H15241332611180007"


@pytest.mark.parametrize(
    "code",
    ["H15.50.05.13-261008-0975", "H17-261008-0975", "000.00.30.H17-261008-0975", "G01.899-261008-1234567", "H15.50.05.13-261008-12345"],
)
def test_every_legal_form_is_a_code(code):
    assert receipt.parse(code) == receipt.key_of(code)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "H15",
        "0912345678",
        "H15.24.133-261118-007",
        "H15.24.133-261118-0007; DROP",
        "Mã H15.24.133-261118-0007",
        "H15.24.133-٢٦١١١٨-0007",
        "H" * 5000,
    ],
)
def test_what_cannot_be_a_code_is_refused(typed):
    with pytest.raises(ValueError, match="not a receipt code"):
        receipt.parse(typed)
