"""Every page of citizens in both languages: nothing Vietnamese of ours under /en/, nothing English under /."""

import datetime

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.tests.mail import letters, link_in, password_in
from accounts.tests.make import PASSWORD, make_citizen
from dossiers.models import DossierEvent
from dossiers.status import Status
from dossiers.tests import walk
from dossiers.tests.make import make_attachment, make_dossier, make_ready_draft
from portal import errors
from procedures import declaration
from procedures.models import Procedure
from procedures.tests.make import make_agency, make_procedure
from tests.language import ACCENTED, ENGLISH, check

pytestmark = pytest.mark.django_db

QUESTIONS = [
    {"key": "chu", "label": "Text", "type": "text"},
    {"key": "dai", "label": "Long text", "type": "long_text"},
    {"key": "so", "label": "Number", "type": "number", "min": 5},
    {"key": "le", "label": "Decimal", "type": "decimal"},
    {"key": "tien", "label": "Money", "type": "money"},
    {"key": "nam", "label": "Year", "type": "year"},
    {"key": "ngay", "label": "Day", "type": "date"},
    {"key": "gio", "label": "Time", "type": "time"},
    {"key": "luc", "label": "Moment", "type": "datetime"},
    {"key": "dt", "label": "Telephone", "type": "phone"},
    {"key": "thu", "label": "Mail", "type": "email"},
    {"key": "giay", "label": "Paper number", "type": "id_number", "accepts": ["cccd", "cmnd", "tax", "passport"]},
    {"key": "chon", "label": "Choice", "type": "choice", "choices": ["A", "B"]},
    {"key": "co", "label": "Yes or no", "type": "yes_no"},
    {"key": "dau", "label": "Tick", "type": "checkbox"},
    {"key": "bang", "label": "Table", "type": "table", "columns": [{"key": "ten", "label": "Name", "type": "text"}]},
]
DECLARATION = [{"title": "Group", "fields": [question | {"required": True} for question in QUESTIONS]}]
WRONG = {
    "chu": "",
    "so": "1",
    "le": "x",
    "tien": "x",
    "nam": "3000",
    "ngay": "31/02/2026",
    "gio": "25",
    "luc": "x",
    "dt": "123",
    "thu": "x",
    "giay": "1",
}


@pytest.fixture
def place(db):
    return make_agency("UBND Buon Ma Thuot", kind="ward")


@pytest.fixture
def person(db):
    return make_citizen("Lan Nie", address="12 Akol Dhong")


def plain_procedure(**fields):
    papers = [
        "Proof",
        {"name": "Shown", "need": "required", "only_shown": True},
        {"name": "Sometimes", "need": "conditional", "condition": "if lost"},
    ]
    procedure = make_procedure("Birth registration", documents=papers, **fields)
    Procedure.objects.filter(pk=procedure.pk).update(field="Civil status")
    type(procedure.current).objects.filter(pk=procedure.current_id).update(
        name="Birth registration", agency_text="Commune", audience=["Citizens"], results=["Certificate"], service_level="full"
    )
    return Procedure.objects.get(pk=procedure.pk)


@pytest.fixture
def procedure(db):
    return plain_procedure(declaration=DECLARATION)


PUBLIC = (
    "home", "accounts:signup", "accounts:signup_email", "account_login", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key_done", "accounts:dispute", "guide", "questions", "terms", "privacy", "accessibility", "cookies",
    "contact", "tracking:track", "procedures:list",
)  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_speak_one_language(client, language, name):
    check(language, client.get(reverse(name)))


def test_the_door_for_organisations_and_every_way_to_register(client, language, settings):
    settings.SIGNUP_DOORS = ["email", "mobile", "sms"]
    settings.SMS_COMMANDS = settings.SMS_COMMANDS | {"TK": "tracking.sms.look_up"}
    check(
        language,
        client.get(reverse("accounts:signup")),
        client.get(reverse("accounts:signup") + "?doi-tuong=to-chuc"),
        client.get(reverse("home")),
    )


def test_refused_forms_of_the_doors_in(client, language, person):
    signup, login = reverse("accounts:signup_email"), reverse("account_login")
    wrong = {"full_name": "L4n", "national_id": "12345", "birth_date": "31/02/1990", "phone": "0123", "email": "lan@"}
    taken = {"full_name": "Lan", "national_id": person.national_id, "birth_date": "12/03/1992", "email": "x@example.com", "consent": "on"}
    child = taken | {"national_id": "001322000001", "birth_date": "12/03/2022"}
    check(
        language,
        *(client.post(signup, data) for data in ({}, wrong, taken, child)),
        *(client.post(login, data) for data in ({}, {"login": person.email, "password": "x"})),
        client.post(reverse("account_reset_password"), {}),
        client.get(reverse("account_confirm_email", args=["x"])),
        client.get(reverse("account_reset_password_from_key", args=["x", "y-z"])),
    )


def test_the_road_from_registration_to_an_own_password(client, language):
    data = {"full_name": "Lan Nie", "national_id": "066192001234", "birth_date": "12/03/1992", "email": "lan@example.com", "consent": "on"}
    sent = client.post(reverse("accounts:signup_email"), data, follow=True)
    confirm = client.get(link_in(letters()[0]).removeprefix("http://127.0.0.1:8000"))
    confirmed = client.post(confirm.request["PATH_INFO"], follow=True)
    check(language, sent, confirm, confirmed)
    chosen = client.post(reverse("account_login"), {"login": "lan@example.com", "password": password_in(letters()[0])}, follow=True)
    short = client.post(reverse("accounts:choose_password"), {"password1": "a", "password2": "b"})
    check(language, chosen, short)


def test_tracking_from_the_form_to_the_result(client, language, person, procedure, place):
    dossier = make_dossier(person, procedure, place, Status.RECEIVED, due_at=timezone.now() - datetime.timedelta(days=3))
    track = reverse("tracking:track")
    check(
        language,
        client.post(track, {}),
        client.post(track, {"ma": "abc", "so": "x"}),
        client.get(track, {"ma": "H15.24.133-261118-9999"}),
        client.get(track, {"ma": dossier.receipt_code}),
        client.get(track, {"ma": dossier.receipt_code, "so": person.national_id[-4:]}),
    )


def test_the_catalogue(client, language, procedure):
    listed = reverse("procedures:list")
    responses = [client.get(listed, {"q": "birth"}), client.get(listed, {"q": "zzz", "cap": "x", "linh_vuc": "x"})]
    responses.append(client.get(reverse("procedures:detail", args=[procedure.code])))
    check(language, *responses)
    notice = "Names, documents and contents of procedures are published in Vietnamese."
    assert [response.content.decode().count(notice) for response in responses] == [1 if language == "en" else 0] * 3


@pytest.mark.parametrize("name", ["400", "403", "404", "413", "429", "csrf"])
def test_refusals(rf, language, name):
    request = rf.get("/en/" if language == "en" else "/")
    request.resolver_match = None
    response = errors.refuse(request, name, int(name) if name.isdigit() else 403, minutes=2, limit=10)
    response.request = {"PATH_INFO": name}
    check(language, response)


@pytest.mark.parametrize("trouble", [ValueError, OperationalError])
def test_faults_of_ours(rf, language, trouble):
    try:
        raise trouble
    except trouble:
        response = errors.server_error(rf.get("/"))
    response.request = {"PATH_INFO": "/"}
    check(language, response)


def test_an_address_that_is_not_there(client, language):
    check(language, client.get(reverse("home") + "khong-co/"))


def test_the_wizard_step_by_step(client, language, person, procedure, place):
    client.force_login(person)
    start = reverse("dossiers:start")
    chosen = client.get(start, {"thu-tuc": procedure.code})
    dossier = walk.begin(client, procedure)
    pages = [client.get(start), chosen, client.get(start, {"q": "zzz"}), client.get(start, {"thu-tuc": procedure.code})]
    slugs = ["co-quan", "nguoi-nop", "don", "giay-to", "nhan-ket-qua", "kiem-tra"]
    for slug in slugs:
        dossier.refresh_from_db()
        pages.append(client.get(walk.address(dossier, slug)))
        pages.append(client.post(walk.address(dossier, slug), {"edit": dossier.edit}))
        dossier.steps_done = slugs[: slugs.index(slug) + 1]
        dossier.agency = place
        dossier.save()
    dossier.refresh_from_db()
    pages.append(client.post(walk.address(dossier, "don"), WRONG | {"edit": dossier.edit}))
    pages.append(client.post(walk.address(dossier, "nguoi-nop"), {"edit": 0, "whom": "other"}))
    pages.append(walk.attach(client, dossier, walk.SimpleUploadedFile("a.exe", b"MZ"), paper=str(procedure.current.documents.first().pk)))
    pages.append(client.get(reverse("dossiers:discard", args=[dossier.key])))
    check(language, *(page for page in pages if page.status_code != 302))
    assert len([page for page in pages if page.status_code == 302]) <= 3


def test_review_and_receipt(client, language, person, place):
    procedure = plain_procedure()
    client.force_login(person)
    fields = {"applicant_address": "12 Akol Dhong", "applicant_commune": "Buon Ma Thuot", "applicant_province": "Dak Lak"}
    draft = make_ready_draft(person, procedure, place, **fields)
    make_attachment(draft, procedure.current.documents.first(), "refused", refusal="damaged")
    review = client.get(walk.address(draft, "kiem-tra"))
    receipt = client.post(walk.address(draft, "kiem-tra"), {"edit": draft.edit, "sworn": "on"}, follow=True)
    check(language, review, receipt)
    assert receipt.redirect_chain
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    check(language, client.get(reverse("dossiers:detail", args=[draft.receipt_code])), client.get(reverse("accounts:profile")))


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_a_dossier_in_every_status(client, language, person, place, status):
    procedure = plain_procedure()
    client.force_login(person)
    day = timezone.localdate() + datetime.timedelta(days=2)
    dossier = make_dossier(person, procedure, place, status, due_at=timezone.now(), supplement_by=day, fee_by=day, fee_vnd=50_000)
    verb = {Status.SUPPLEMENT: "ask_supplement", Status.FEE: "ask_fee", Status.WITHDRAWAL: "withdraw"}.get(status, "submit")
    office = "Công dân" if verb in ("withdraw", "submit") else "One stop"
    DossierEvent.objects.create(
        dossier=dossier,
        verb=verb,
        from_status=0,
        to_status=status,
        actor=person,
        actor_name="Lan",
        office=office,
        note="Note",
        at=timezone.now(),
    )
    code = dossier.receipt_code
    paths = [reverse("dossiers:mine"), reverse("dossiers:detail", args=[code]), reverse("dossiers:withdraw", args=[code])]
    pages = [client.get(path) for path in paths] + [client.post(paths[2], {}, follow=True)]
    supplement = reverse("dossiers:supplement", args=[code])
    pages += [
        client.get(supplement, follow=True),
        client.post(supplement, {}, follow=True),
        client.get(reverse("tracking:track"), {"ma": code}),
    ]
    check(language, *pages)


def test_the_account(client, language, person):
    client.force_login(person)
    change = reverse("accounts:change_password")
    check(
        language,
        *(
            client.get(reverse(name))
            for name in ("accounts:profile", "accounts:contact", "accounts:change_password", "account_logout", "dossiers:mine")
        ),
        *(client.get(f"{reverse('dossiers:mine')}?muc={tab}") for tab in ("can-lam", "dang-xu-ly", "da-xong", "dang-soan")),
        client.post(reverse("accounts:contact"), {"address": "x" * 600}),
        client.post(change, {}),
        client.post(change, {"current": "x", "password1": "12345678", "password2": "y"}),
        client.post(reverse("accounts:contact"), {"address": "x"}, follow=True),
        client.post(change, {"current": PASSWORD, "password1": "river and hill 7", "password2": "river and hill 7"}, follow=True),
        client.post(reverse("account_logout"), follow=True),
    )


def test_a_page_that_waited_too_long(language, person):
    client = Client(enforce_csrf_checks=True)
    check(language, client.post(reverse("account_login"), {}))


def test_letters_stay_vietnamese_when_the_page_was_english(client, person, place):
    client.force_login(person)
    with translation.override("en"):
        draft = make_ready_draft(person, plain_procedure(), place)
        client.post(walk.address(draft, "kiem-tra"), {"edit": draft.edit, "sworn": "on"})
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert ACCENTED.search(letters()[-1].subject)
    assert not ENGLISH.search(letters()[-1].subject)


@pytest.mark.parametrize(
    ("kind", "stored", "vietnamese", "english"),
    [
        ("number", 1200, "1.200", "1,200"),
        ("number", "1.2oo", "1.2oo", "1.2oo"),
        ("decimal", "1200.5", "1.200,5", "1,200.5"),
        ("money", 50_000, "50.000 đ", "50,000 VND"),
        ("time", "08:30", "8 giờ 30", "8:30"),
        ("datetime", "2026-08-15T08:30+07:00", "8 giờ 30, 15/08/2026", "8:30, 15/08/2026"),
        ("yes_no", "Có", "Có", "Yes"),
    ],
)
def test_answers_are_told_in_the_figures_of_the_reader(kind, stored, vietnamese, english):
    form = [{"title": "Group", "fields": [{"key": "x", "label": "X", "type": kind}]}]
    told = []
    for language in ("vi", "en"):
        with translation.override(language):
            told.append(declaration.read(form, {"x": stored})[0]["rows"])
    assert told == [[("X", vietnamese)], [("X", english)]]
