"""Whatever is sent to any address of the site, by anybody, the answer is never an error of ours.

The addresses are read from the map of the site, so that a new one is tried from its first day. What
is sent is fixed: letters that PostgreSQL or Python trip over, numbers without end, wrong kinds.
"""

import re

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.otp import sms_device_for
from dossiers.status import Status
from dossiers.tests.make import make_attachment, make_dossier, make_ready_draft
from dossiers.tests.walk import jpeg
from portal import throttle
from procedures.tests.make import DECLARATION, make_administrator, make_procedure, make_version

NUL, LONG = "\x00", "9" * 6000
NASTY = (
    "", NUL, f"a{NUL}b", LONG, "-1", "1e999", "٠٦٦١٩٢٠٠٠٠٠١", "²²²²", "01/01/0001", "31/12/9999", "0001-01-01", "nan",
    "{{ 7|add:7 }}{% debug %}", "'\"><script>", "a\r\nBcc: x@example.com", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "\u202e\u0958" * 60, "[" * 3000, '["\\u0000"]',
)  # fmt: skip
RAW_BODIES = (
    ("application/x-www-form-urlencoded", b"%ff%fe=%00&a=%C0%80&&&=&login=%ed%a0%80&password=%00"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="files"; filename="\x00\r\n'),
    ("application/json", b"[" * 5000),
    ("text/plain; charset=nonsense", b"\xff\xfe\x00"),
)
QUERIES = {
    "page": LONG[:4000], "p": "-1", "o": "9.9.-9", "e": "1", "q": NUL, "muc": NUL, "ma": NUL, "so": "²²²²", "khoa": NUL, "thay": NUL,
    "da-xoa": "{urn:uuid:}", "ve": NUL, "thu-tuc": NUL, "hang": NUL, "trang_thai": "²", "thu_tuc": NUL, "loai": NUL, "next": "//evil",
    "cach": "²", "linh_vuc": NUL, "cap": NUL, "den": NUL, "xem": NUL, "app_label": NUL, "doi-tuong": NUL, "created_at__year": "99999999",
    "agency__id__exact": "²", "_facets": NUL, "all": "",
}  # fmt: skip


PART = r"<(?:\w+:)?(\w+)>"


def routes(patterns=None, before=""):
    """Each address of the site as a pattern with its arguments in angle brackets."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield re.sub(r"\(\?P<(\w+)>.*?\)(?=[/$]|\\Z)|[\^$]|\\Z", lambda found: f"<str:{found[1]}>" if found[1] else "", here)


BAD_PARTS = ("%00", "9" * 30, "%FF%FE", "%0d%0aX:y", "²", "a" * 3000)


def addresses(known, wanted):
    """The addresses that begin as wanted, filled in: with what is there, and with what could not be."""
    for position, route in enumerate(route for route in dict.fromkeys(routes()) if re.match(wanted, f"/{route}")):
        names = re.findall(PART, route)
        most = max((len(known.get(name, ())) for name in names), default=1) or 1
        fillings = [{name: known[name][n % len(known[name])] if name in known else "1" for name in names} for n in range(most)]
        fillings += [dict.fromkeys(names, BAD_PARTS[(position + n) % len(BAD_PARTS)]) for n in range(2)] if names else []
        for filling in fillings:
            yield "/" + re.sub(PART, lambda found, filling=filling: str(filling[found[1]]), route)


@pytest.fixture
def world(lan, hoa, agency, settings):
    """One of everything: drafts, a filed dossier in each state that has pages of its own, a file."""
    settings.DRAFTS_PER_CITIZEN = 10_000
    columns = [{"key": "ten", "label": "Tên", "type": "text"}, {"key": "ngay", "label": "Ngày", "type": "date"}]
    kinds = ("number", "decimal", "money", "year", "time", "datetime", "phone", "email", "id_number", "yes_no", "address", "long_text")
    questions = [{"key": f"q_{kind}", "label": kind, "type": kind} for kind in kinds]
    asked = [*DECLARATION, {"title": "Khác", "fields": [*questions, {"key": "bang", "label": "Bảng", "type": "table", "columns": columns}]}]
    procedure = make_procedure(declaration=asked)
    document = procedure.current.documents.get()
    draft = make_ready_draft(lan, procedure, agency, for_other=True, beneficiary_name="Y", beneficiary_national_id="066192000001")
    submitted = make_dossier(lan, procedure, agency)
    asked_again = make_dossier(lan, procedure, agency, Status.SUPPLEMENT)
    asked_again.events.create(verb="ask_supplement", from_status=1, to_status=5, actor=hoa, note="x", at=asked_again.submitted_at)
    attached = make_attachment(submitted, document)
    return {
        "key": (draft.key, submitted.key, attached.key),
        "slug": ("co-quan", "nguoi-nop", "don", "giay-to", "nhan-ket-qua", "kiem-tra"),
        "paper": (document.pk, "uy-quyen"),
        "code": (procedure.code, submitted.receipt_code, asked_again.receipt_code),
        "pk": (submitted.pk, asked_again.pk),
        "verb": ("receive", "refuse", "ask_supplement", "ask_fee", "submit", "stop"),
        "object_id": (make_version(procedure, publish=False).pk, lan.pk, procedure.pk, agency.pk),
        "uidb36": ("1", "zzzzzzzzzzzzz"),
    }


def guest(lan, hoa):
    return Client(raise_request_exception=False)


def citizen(lan, hoa):
    client = guest(lan, hoa)
    client.force_login(lan)
    return client


def official(lan, hoa):
    return _past_the_second_factor(guest(lan, hoa), hoa)


def administrator(lan, hoa):
    return _past_the_second_factor(guest(lan, hoa), make_administrator())


def _past_the_second_factor(client, user):
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = sms_device_for(user).persistent_id
    session.save()
    return client


@pytest.fixture(autouse=True)
def _nothing_is_too_often(monkeypatch):
    """A refusal for asking too often would hide what is behind it."""
    monkeypatch.setattr(throttle, "check", lambda *args, **kwargs: None)
    monkeypatch.setattr(throttle, "check_distinct", lambda *args, **kwargs: None)
    monkeypatch.setattr(throttle, "used", lambda *args: 0)


def fields_of(response):
    """The names of what a page lets one fill in."""
    if response.streaming or "html" not in response.get("Content-Type", ""):
        return []
    names = re.findall(r'<(?:input|select|textarea|button)[^>]* name="([^"]+)"', response.content.decode())
    return [name for name in dict.fromkeys(names) if name != "csrfmiddlewaretoken"]


def bad_requests(client, address):
    """What an attacker sends to one address, request by request, as (what, answer)."""
    page = client.get(address)
    yield "GET", page
    query = QueryDict(mutable=True)
    query.update(QUERIES)
    yield "a query", client.get(f"{address}?{query.urlencode()}")
    if page.status_code == 404:
        return
    for method in ("head", "options", "put", "delete", "post"):
        yield method.upper(), getattr(client, method)(address)
    for kind, body in RAW_BODIES:
        yield kind, client.generic("POST", f"{address}?%ff=%00&%c0&page=%ff&ma=%ed%a0%80&q=%00", body, content_type=kind)
    if not (fields := fields_of(page)):
        return
    for shift in range(0, len(NASTY), 3):
        # Side by side, so that one bad answer does not hide what another does.
        typed = {name: NASTY[(place + shift) % len(NASTY)] for place, name in enumerate(fields)}
        yield f"nasty {shift}", client.post(address, typed)
    yield "twice", client.post(address, {name: ["1", NUL, "x"] for name in fields})
    yield "files for text", client.post(address, {name: jpeg() for name in fields})


EVERYTHING, CITIZENS, OFFICIALS = "/", "/(?!quan-tri|dev/)", "/(quan-tri|giay-to)/"


@pytest.mark.parametrize(("who", "where"), [(guest, EVERYTHING), (citizen, CITIZENS), (official, OFFICIALS), (administrator, OFFICIALS)])
def test_nothing_that_is_sent_anywhere_is_an_error_of_ours(who, where, world, lan, hoa):
    client, broken = who(lan, hoa), {}
    for address in addresses(world, where):
        if "sessionid" in client.cookies and not client.cookies["sessionid"].value:
            client = who(lan, hoa)
        for what, answer in bad_requests(client, address):
            if answer.status_code >= 500 and address != "/readyz":
                broken[address[:80], what] = (answer.status_code, repr(answer.exc_info[1])[:100] if answer.exc_info else "")
    assert not broken, "\n".join(f"{key}: {value}" for key, value in broken.items())


def test_a_cookie_that_is_no_session_is_a_guest(db):
    client = Client(raise_request_exception=False)
    answers = {}
    for cookie in (
        'sessionid="\\000aaaaaaaaaaa"',
        "sessionid=" + "x" * 3000,
        'csrftoken="\\000"; messages="\\000["',
        'django_language="\\000"; sessionid=%00',
    ):
        for address in ("/", "/ho-so/", "/dang-nhap/", "/quan-tri/", "/tracuuhs"):
            answers[cookie[:30], address] = client.get(address, headers={"cookie": cookie}).status_code
    assert {what: status for what, status in answers.items() if status >= 500} == {}
