"""English pages on a cheap phone: nothing wider than the screen, nothing in anybody's way."""

import datetime
import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dossiers.status import Status
from dossiers.tests.make import make_dossier, make_draft, make_ready_draft
from procedures.tests.make import DECLARATION, make_procedure

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STEPS = ["co-quan", "nguoi-nop", "don", "giay-to", "nhan-ket-qua"]
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return [];
  return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120));
}"""


@pytest.fixture
def addresses(lan, agency):
    """Five pages and more, with a dossier to be supplemented, a draft, and one about to be filed."""
    procedure = make_procedure("Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con", declaration=DECLARATION)
    due = timezone.now() + datetime.timedelta(days=2)
    fields = {"supplement_by": due.date(), "due_at": due}
    dossier = make_dossier(lan, procedure, agency, Status.SUPPLEMENT, **fields)
    draft = make_draft(lan, procedure, agency=agency, steps_done=STEPS)
    ready = make_ready_draft(lan, make_procedure("Đăng ký kết hôn"), agency)
    with translation.override("en"):
        return {
            "home": reverse("home"),
            "signup": reverse("accounts:signup_email"),
            "procedure": reverse("procedures:detail", args=[procedure.code]),
            "tracking": f"{reverse('tracking:track')}?ma={dossier.receipt_code}",
            "start": reverse("dossiers:start"),
            "declaration": reverse("dossiers:step", args=[draft.key, "don"]),
            "papers": reverse("dossiers:step", args=[draft.key, "giay-to"]),
            "review": reverse("dossiers:step", args=[ready.key, "kiem-tra"]),
            "mine": reverse("dossiers:mine"),
            "dossier": reverse("dossiers:detail", args=[dossier.receipt_code]),
            "account": reverse("accounts:profile"),
        }


def test_english_pages_fit_a_phone_and_stand_in_nobodys_way(live_server, client, lan, addresses, open_context, axe):
    client.force_login(lan)
    context = open_context()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    found = {}
    for name, address in addresses.items():
        page.goto(live_server.url + address)
        assert page.locator("html").get_attribute("lang") == "en"
        found[name] = page.evaluate(TOO_WIDE) + axe(page)
        if pictures := os.environ.get("PICTURES"):
            page.screenshot(path=Path(pictures) / f"{name}.png", full_page=True)
    assert found == {name: [] for name in addresses}
