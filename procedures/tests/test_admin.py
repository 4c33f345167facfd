"""The catalogue in the admin: whose it is, and what is closed once published."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice

from procedures.models import Official, Procedure, ProcedureVersion
from procedures.tests.make import make_administrator, make_agency, make_official, make_procedure

PAGES = ("agency", "procedure", "procedureversion")


def enter(client, user):
    """Signed in, with the second factor given."""
    client.force_login(user)
    device = StaticDevice.objects.create(user=user, name="test")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


@pytest.fixture
def keeper(client, agency):
    return enter(client, make_official(agency, role=Official.Role.CATALOGUE))


def listing(name):
    return reverse(f"admin:procedures_{name}_changelist")


def opened(name, row):
    return reverse(f"admin:procedures_{name}_change", args=[row.pk])


@pytest.mark.parametrize("name", PAGES)
def test_whoever_keeps_the_catalogue_sees_its_lists(keeper, birth, name):
    assert keeper.get(listing(name)).status_code == 200


@pytest.mark.parametrize("name", [*PAGES, "official"])
@pytest.mark.parametrize("role", [role for role in Official.Role if role != Official.Role.CATALOGUE])
def test_other_officials_do_not(client, agency, birth, name, role):
    assert enter(client, make_official(agency, role=role)).get(listing(name)).status_code == 403


def test_postings_are_the_administrators_alone(keeper):
    assert keeper.get(listing("official")).status_code == 403


def test_the_administrator_sees_all(client, birth):
    enter(client, make_administrator())
    assert {client.get(listing(name)).status_code for name in (*PAGES, "official")} == {200}


@pytest.mark.parametrize("name", PAGES)
def test_lists_cost_the_same_for_one_and_three(keeper, agency, name):
    def cost(rows):
        while Procedure.objects.count() < rows:
            make_procedure(agencies=[make_agency(f"UBND xã Ea {rows}")])
        with CaptureQueriesContext(connection) as queries:
            assert keeper.get(listing(name)).status_code == 200
        return len(queries)

    assert cost(1) == cost(3)


def test_a_published_version_is_only_read(keeper, birth):
    page = keeper.get(opened("procedureversion", birth.current))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert keeper.post(opened("procedureversion", birth.current), {"name": "x"}).status_code == 403


def test_a_procedure_opens_with_its_versions_and_new_synonyms_are_found(keeper, birth):
    url = opened("procedure", birth)
    assert keeper.get(url).status_code == 200
    fields = {"code": birth.code, "short_name": birth.short_name, "field": birth.field, "level": birth.level, "synonyms": "em bé"}
    management = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}
    assert keeper.post(url, fields | management).status_code == 302
    birth.refresh_from_db()
    assert "| em be |" in birth.search_text


def test_a_new_version_is_drafted_changed_and_published(keeper, birth):
    keeper.post(listing("procedure"), {"action": "start_new_version", "_selected_action": [birth.pk]})
    draft = ProcedureVersion.objects.get(procedure=birth, number=2)
    page = keeper.get(opened("procedureversion", draft))
    assert 'name="_save"' in page.content.decode()
    keeper.post(listing("procedureversion"), {"action": "publish", "_selected_action": [draft.pk]})
    birth.refresh_from_db()
    assert birth.current == draft


def test_a_broken_form_is_refused_in_words(keeper, birth):
    draft = birth.current.draft_next()
    url = opened("procedureversion", draft)
    data = {
        name: value
        for form in [keeper.get(url).context["adminform"].form]
        for name, value in ((bound.name, bound.value()) for bound in form)
        if value not in (None, False)
    }
    data |= {"agencies": [], "declaration": '[{"title": "Nhóm", "fields": [{"key": "a", "label": "A", "type": "magic"}]}]'}
    for prefix in ("documents", "fees"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    page = keeper.post(url, data)
    assert "Câu hỏi “a” có loại (type) không hiểu: magic." in page.content.decode()


@pytest.mark.parametrize("typed", ["Buôn Ma Thuột", "buon ma"])
def test_agencies_are_found_with_and_without_accents(keeper, agency, typed):
    assert agency.identifier in keeper.get(listing("agency"), {"q": typed}).content.decode()
