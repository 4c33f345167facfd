"""What operators and citizens see of messages, on a phone and at a desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dossiers.tests.make import make_dossier
from portal.messaging.models import IncomingSms, ProviderHealth
from portal.messaging.tests.make import make_letter, make_sms
from portal.messaging.tests.officials import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What is cut off: wider than its window, or than the row that hides what does not fit.
TOO_WIDE = """() => {
  const rows = [document.documentElement, ...document.querySelectorAll('.form-row')];
  return rows.filter(row => row.scrollWidth > row.clientWidth + 1).map(row => row.innerText.slice(0, 60));
}"""


@pytest.fixture
def messages(lan, birth, agency):
    """One of each outcome, with the longest things that rows hold."""
    now = timezone.now()
    lan.phone_verified_at = now - timedelta(days=1)
    lan.save()
    about = f"dossier:{make_dossier(lan, birth, agency).pk}"
    sms, letter = {"recipient": lan.phone, "about": about}, {"recipient": lan.email, "about": about}
    ProviderHealth.objects.create(
        name="smtp", channel="email", away_since=now, away_until=now + timedelta(minutes=5), last_error="421 " + "try-again-" * 20
    )
    IncomingSms.objects.create(provider_id="kannel-" + "7" * 40, sender=lan.phone, text="xin chao")
    make_sms(**sms, due_at=now - timedelta(hours=1))
    make_sms(**sms, state="sent", sent_at=now, report="delivered", provider="kannel-1")
    make_sms(**sms, state="sent", sent_at=now, report="undelivered", provider="kannel-1", body="Ho so " * 25)
    make_sms(**sms, state="expired", failed_at=now, kind="otp", secret=True, body="")
    make_letter(**letter, due_at=now + timedelta(minutes=5), tries=3, last_error="421 try again later")
    return make_letter(
        **letter, state="failed", failed_at=now, tries=22, last_error="550 " + "no-such-person" * 10, body="https://" + "a" * 200
    )


@pytest.fixture
def look(live_server, client, open_context, axe):
    """What is wrong with pages as their reader sees them at one width."""

    def found(addresses, width):
        context = open_context(viewport={"width": width, "height": 800})
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page, faults = context.new_page(), {}
        for address in addresses:
            page.goto(live_server.url + address)
            for summary in page.locator("main summary:has(span)").all():
                summary.click()
            wider, violations = page.evaluate(TOO_WIDE), axe(page)
            if wider or violations:
                faults[address] = (wider, violations)
        return faults

    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_operators_pages_fit_and_stand_in_nobodys_way(client, hoa, messages, look, width):
    enter(client, hoa, "operate_messages")
    addresses = [
        reverse("admin:messaging_providerhealth_changelist"),
        reverse("admin:messaging_outgoingmessage_changelist"),
        reverse("admin:messaging_outgoingmessage_changelist") + "?q=0912000999",
        reverse("admin:messaging_outgoingmessage_change", args=[messages.pk]),
        reverse("admin:messaging_outgoingmessage_send_all"),
        reverse("admin:messaging_incomingsms_changelist"),
        reverse("admin:messaging_incomingsms_change", args=[IncomingSms.objects.get().pk]),
    ]
    assert look(addresses, width) == {}


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_citizens_messages_fit_and_stand_in_nobodys_way(client, lan, messages, look, language, width):
    client.force_login(lan)
    with translation.override(language):
        assert look([reverse("messaging:received"), reverse("accounts:profile")], width) == {}
