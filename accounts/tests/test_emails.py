import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts import emails, recovery
from accounts.models import User
from accounts.tests.at_once import at_once
from accounts.tests.mail import letters, link_in, password_in
from accounts.tests.make import PASSWORD, make_citizen

NEW = "moi@example.com"

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, lan):
    """Lan, proven by her password a moment ago."""
    client.force_login(lan)
    client.post(reverse("accounts:prove"), {"current": PASSWORD})
    return client


def ask(browser, email=NEW):
    return browser.post(reverse("accounts:email"), {"email": email})


def last_link():
    return link_in(letters("confirm_address")[-1])


def addresses(user):
    return list(user.emailaddress_set.order_by("pk").values_list("email", "verified", "primary"))


def test_the_page_asks_for_the_password_first(client, lan):
    client.force_login(lan)
    page = reverse("accounts:email")
    assert client.get(page).url == reverse("accounts:prove")
    assert client.post(page, {"email": NEW}).url == reverse("accounts:prove")
    assert not letters()
    assert client.post(reverse("accounts:prove"), {"current": PASSWORD}).url == page
    assert client.get(page).status_code == 200


def test_a_link_makes_the_new_address_the_accounts_and_both_are_told(browser, lan):
    old = lan.email
    assert ask(browser).url == reverse("accounts:email")
    letter = letters()[0]
    assert (letter.kind, letter.recipient, letter.secret) == ("confirm_address", NEW, True)
    assert "Mật khẩu" not in letter.body
    assert "H’L** N**" in letter.body or "Niê" not in letter.body

    elsewhere = Client()
    page = elsewhere.get(last_link()).content.decode()
    assert NEW in page
    assert "H’Lan Niê" not in page
    lan.refresh_from_db()
    assert (lan.email, addresses(lan)) == (old, [(old, True, True), (NEW, False, False)])

    assert elsewhere.post(last_link()).status_code == 200
    lan.refresh_from_db()
    assert (lan.email, lan.username, addresses(lan)) == (NEW, NEW, [(NEW, True, True)])
    assert {letter.recipient for letter in letters("changed")} == {old, NEW}
    assert User.objects.named(old) is None
    assert User.objects.named(NEW) == lan
    assert lan.check_password(PASSWORD)


def test_a_used_link_leads_a_signed_in_owner_to_the_addresses_of_the_account(browser):
    ask(browser)
    link = last_link()
    browser.post(link)
    assert reverse("accounts:email") in browser.get(link).content.decode()
    assert reverse("account_login") in Client().get(link).content.decode()


def test_an_account_named_by_its_number_keeps_its_name(lan):
    User.objects.filter(pk=lan.pk).update(username=lan.national_id)
    emails.ask_to_confirm(lan, NEW)
    emails.confirm(emails.waiting(lan))
    lan.refresh_from_db()
    assert (lan.username, lan.email) == (lan.national_id, NEW)


def test_the_link_works_once(browser):
    ask(browser)
    link = last_link()
    browser.post(link)
    assert "đã dùng rồi" in browser.post(link).content.decode()
    assert len(letters("changed")) == 2


def test_another_wish_ends_the_link_of_the_one_before(browser, lan):
    ask(browser, "kedo@example.com")
    old_link = last_link()
    ask(browser)
    assert "đã dùng rồi" in browser.post(old_link).content.decode()
    assert addresses(lan) == [(lan.email, True, True), (NEW, False, False)]


def test_a_wish_can_be_dropped(browser, lan):
    ask(browser)
    assert browser.post(reverse("accounts:email"), {"action": "drop"}).url == reverse("accounts:email")
    assert "đã dùng rồi" in browser.post(last_link()).content.decode()
    assert addresses(lan) == [(lan.email, True, True)]


def test_a_changed_password_ends_links_on_their_way(browser, lan):
    ask(browser)
    new = "Một mật khẩu khác 9"
    browser.post(reverse("accounts:change_password"), {"current": PASSWORD, "password1": new, "password2": new})
    assert "đã dùng rồi" in browser.post(last_link()).content.decode()
    lan.refresh_from_db()
    assert lan.email != NEW


def test_an_address_of_another_account_is_told_behind_the_link_only(browser, lan, minh):
    strange = ask(browser, minh.email)
    assert (strange.status_code, strange.url) == (302, reverse("accounts:email"))
    free, taken = letters("confirm_address"), browser.get(reverse("accounts:email")).content.decode()
    assert len(free) == 1
    assert "tài khoản khác" not in taken
    assert "thuộc một tài khoản khác" in browser.post(last_link()).content.decode()
    lan.refresh_from_db()
    assert lan.email != minh.email
    assert User.objects.with_email(minh.email) == minh


def test_an_unproven_address_opens_nothing(lan):
    emails.ask_to_confirm(lan, NEW)
    assert User.objects.named(NEW) is None
    assert recovery.proven_address(lan) == lan.email


def test_a_sign_up_begun_with_the_address_gives_way(lan):
    make_citizen(username=NEW, email=NEW, activated_at=None)
    emails.ask_to_confirm(lan, NEW)
    emails.confirm(emails.waiting(lan))
    assert list(User.objects.filter(username=NEW)) == [lan]


def test_a_closed_account_confirms_nothing(lan):
    emails.ask_to_confirm(lan, NEW)
    User.objects.filter(pk=lan.pk).update(is_active=False)
    assert emails.confirm(emails.waiting(lan)) is None


def test_so_many_mails_an_hour_and_the_wish_stays(browser, lan, settings):
    settings.MAIL_SENDS_PER_HOUR = 2
    for _time in range(3):
        page = browser.post(reverse("accounts:email"), {"email": NEW}, follow=True)
    assert "Chờ một giờ" in page.content.decode()
    assert len(letters("confirm_address")) == 2
    assert emails.waiting(lan).email == NEW


def test_other_addresses_do_not_lift_the_limit(lan, settings):
    settings.MAIL_SENDS_PER_HOUR = 2
    assert [emails.ask_to_confirm(lan, f"{n}@example.com") for n in range(3)] == [True, True, False]


def test_a_link_is_sent_again(browser):
    ask(browser)
    browser.post(reverse("accounts:email"), {"action": "resend"})
    assert len(letters("confirm_address")) == 2


def test_the_present_address_is_no_change(browser, lan):
    response = ask(browser, lan.email.upper())
    assert response.context["form"].errors == {"email": ["Tài khoản đang dùng địa chỉ này."]}


def test_a_sign_up_still_gets_its_password(client):
    pending = make_citizen(username=NEW, email=NEW, activated_at=None)
    pending.emailaddress_set.create(email=NEW, primary=True).send_confirmation(signup=True)
    assert password_in(letters("confirm")[0])


@pytest.mark.django_db(transaction=True)
def test_two_accounts_confirming_one_address_at_once_are_one_and_a_page():
    lan, minh = make_citizen(), make_citizen("Trần Quang Minh")
    for user in (lan, minh):
        EmailAddress.objects.create(user=user, email=NEW)

    def confirm(user):
        try:
            return emails.confirm(emails.waiting(user)) is not None
        except emails.AddressTaken:
            return "taken"

    assert sorted(map(str, at_once(lambda: confirm(lan), lambda: confirm(minh)))) == ["True", "taken"]
    assert EmailAddress.objects.filter(email=NEW, verified=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_link_pressed_twice_at_once_changes_the_address_once():
    lan = make_citizen()
    emails.ask_to_confirm(lan, NEW)
    address = emails.waiting(lan)
    answers = at_once(*[lambda: emails.confirm(address) is not None] * 2)
    assert sorted(answers) == [False, True]
