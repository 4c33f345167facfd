"""Versions: published ones never change, a new one takes over; which agencies may resolve what."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from procedures.models import Agency, AgencyRule, Fee, Procedure, Published, RequiredDocument
from procedures.tests.make import DECLARATION, make_agency, make_procedure, make_version


def test_a_published_version_never_changes(birth):
    version = birth.current
    version.name = "Tên khác"
    with pytest.raises(Published):
        version.save()
    with pytest.raises(Published):
        version.delete()
    version.refresh_from_db()
    assert version.name == "Thủ tục đăng ký khai sinh"


def test_neither_do_its_papers_and_fees(birth):
    paper = birth.current.documents.get()
    with pytest.raises(Published):
        paper.save()
    with pytest.raises(Published):
        paper.delete()
    with pytest.raises(Published):
        RequiredDocument.objects.create(version=birth.current, position=9, name="Giấy khác", need="required")
    with pytest.raises(Published):
        Fee.objects.create(version=birth.current, channel="tất cả", amount_vnd=8000, per="bản")


def test_publishing_a_new_version_ends_the_one_before(birth):
    before = birth.current
    after = make_version(birth, name="Đăng ký khai sinh (mới)", published_at=datetime.datetime(2026, 11, 25, 8, tzinfo=datetime.UTC))
    birth.refresh_from_db()
    before.refresh_from_db()
    assert birth.current == after
    assert (after.number, after.valid_from, after.valid_to) == (2, datetime.date(2026, 11, 25), None)
    assert (before.number, before.valid_to) == (1, datetime.date(2026, 11, 24))
    assert "| dang ki khai sinh moi |" in birth.search_text


def test_a_draft_begins_as_a_copy_and_is_begun_once(birth):
    draft = birth.current.draft_next()
    assert (draft.number, draft.published_at, draft.name) == (2, None, birth.current.name)
    assert [paper.name for paper in draft.documents.all()] == ["Giấy chứng sinh"]
    assert birth.current.draft_next() == draft
    draft.name = "Tên mới"
    draft.save()
    birth.refresh_from_db()
    assert birth.current.number == 1


def test_a_version_with_a_broken_form_is_refused_in_words(birth):
    draft = birth.current.draft_next()
    draft.declaration = [{"title": "Nhóm", "fields": [{"key": "a", "label": "A", "type": "magic"}]}]
    with pytest.raises(ValidationError) as refused:
        draft.full_clean()
    assert refused.value.message_dict == {"declaration": ["Câu hỏi “a” có loại (type) không hiểu: magic."]}


def test_a_version_may_have_a_form_or_none(birth):
    draft = birth.current.draft_next()
    draft.full_clean()
    draft.declaration = DECLARATION
    draft.full_clean()


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (AgencyRule.COMMUNE, ["UBND xã Ánh", "UBND xã Dũng"]),
        (AgencyRule.LISTED, ["Sở Tư pháp"]),
        (AgencyRule.COMMUNE_OR_LISTED, ["Sở Tư pháp", "UBND xã Ánh", "UBND xã Dũng"]),
        (AgencyRule.OUTSIDE, []),
    ],
)
def test_the_citizen_chooses_among_the_agencies_of_the_rule(db, rule, names):
    make_agency("UBND xã Dũng")
    make_agency("UBND xã Ánh")
    justice = make_agency("Sở Tư pháp", level=Agency.Level.DEPARTMENT)
    make_agency("Sở Xây dựng", level=Agency.Level.DEPARTMENT)
    version = make_procedure(agency_rule=rule, agencies=[justice]).current
    assert [agency.short_name for agency in version.possible_agencies()] == names


@pytest.mark.parametrize("demo", [True, False])
@pytest.mark.parametrize(
    ("fields", "in_production", "in_the_demo"),
    [
        ({}, True, True),
        ({"takes_online": False}, False, False),
        ({"agency_rule": AgencyRule.OUTSIDE, "outside": "trường học"}, False, False),
        ({"hand_off": "ứng dụng VNeID"}, False, True),
    ],
)
def test_what_may_be_filed_is_the_same_for_a_row_and_for_the_set(db, settings, fields, in_production, in_the_demo, demo):
    settings.DEMO = demo
    procedure = make_procedure(**fields)
    expected = in_the_demo if demo else in_production
    assert procedure.current.fileable is expected
    assert Procedure.objects.fileable().exists() is expected


@pytest.mark.parametrize(
    ("need", "only_shown", "blocks"), [("required", False, True), ("required", True, False), ("conditional", False, False)]
)
def test_only_a_required_paper_that_is_sent_blocks(need, only_shown, blocks):
    assert RequiredDocument(need=need, only_shown=only_shown).blocks is blocks


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("results", "Giấy khai sinh"),
        ("results", [1]),
        ("channels", {"trực tuyến": 1}),
        ("legal_basis", [["Luật"]]),
        ("term_cases", ["gấp"]),
        ("term_cases", [{"case": "gấp"}]),
        ("term_cases", [{"case": "gấp", "quantity": "một", "unit": "day"}]),
    ],
)
def test_lists_that_the_public_page_could_not_show_are_refused(db, part, value):
    version = make_version(make_procedure(), publish=False)
    setattr(version, part, value)
    with pytest.raises(ValidationError) as refusal:
        version.clean()
    assert list(refusal.value.message_dict) == [part]


def test_lists_as_the_public_page_shows_them_are_taken(db):
    make_version(make_procedure(), publish=False, term_cases=[{"case": "gấp", "quantity": 1, "unit": "day"}], steps=["Nộp."]).clean()


def test_two_agencies_whose_receipts_could_not_be_told_apart_are_refused(db):
    make_agency(identifier="H15.1.23")
    with pytest.raises(ValidationError):
        Agency(key="x", identifier="H15.12.3", name="Sở", short_name="Sở", level="department").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_agency(identifier="H15.12.3")
    with pytest.raises(ValidationError):
        Agency(key="y", identifier="h15-99", name="Sở", short_name="Sở", level="department").full_clean()
