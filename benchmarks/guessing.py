"""What an attacker gets out of one hour at the real pages: guesses at codes, SMS sent, ID numbers probed."""

import logging
import sys
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import attacker, turns

# An attacker with a botnet, every browser at an address of its own. More of them are not better: each guess
# counts, also one at a code that was never sent.
CROWDS, STEP = (2, 4, 12), 20
PHONE, BORN, PASSWORD = "0912345678", "12/03/1992", "Mật khẩu của Lan 7"
PROBED = ("đã có tài khoản", "chưa có tài khoản", "Nhập mã xác nhận", "Kiểm tra hộp thư")


def main():
    turns.prepare(SUBSCRIBER_UNKNOWN="allow", SIGNUP_DOORS="mobile,email,sms")
    from django.conf import settings

    # Refusals are what is looked for here, not news.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    # What is counted does not depend on how slowly a password is hashed.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    rows = [[name, str(most)] for name, most in measured()]
    turns.table(["In one hour", "at most"], rows)


def measured():
    yield "OTP guesses judged for one account, a stranger", guesses(attackers=stranger)
    yield "the same, who knows the password", guesses(attackers=stranger | knows_the_password)
    yield "OTP guesses judged for one phone, sign-ups by strangers", guesses(attackers=signs_up)
    for name, most in sms_from_one_address():
        yield f"SMS caused from one address, {name}", most
    for name, most in sms_to_one_number():
        yield f"SMS caused to one number, {name}", most
    for name, most in probes():
        yield f"ID numbers probed, {name}", most


def fresh():
    """The owner, alone in the table, and nothing counted."""
    from django.utils import timezone

    from accounts.models import Recovery, SmsDevice, User
    from accounts.tests.make import make_citizen
    from portal.messaging.models import OutgoingMessage

    for model in (Recovery, SmsDevice, OutgoingMessage):
        model.objects.all().delete()
    User.objects.all().delete()
    attacker.nothing_counted()
    owner = make_citizen("H’Lan Niê", password=PASSWORD, phone="+84912345678", phone_verified_at=timezone.now(), national_id="066192000001")
    owner.username = owner.national_id
    owner.save()
    return owner


# --- Codes ---------------------------------------------------------------------------------------


def ask_by_sms(person, owner, number):
    # Each name of the account has counters of its own.
    name = (owner.national_id, PHONE, "+84 912 345 678")[number % 3]
    attacker.post(person, "account_reset_password", {"login": name, "by": "sms"})


def ask_by_password(person, owner, number):
    attacker.post(person, "account_login", {"login": owner.national_id, "password": PASSWORD})


def ask_by_sign_up(person, owner, number):
    attacker.post(person, "accounts:signup_mobile", attacker.by_mobile(f"0010800{number:05d}", PHONE))


stranger = {"accounts:recovery_code": ask_by_sms}
knows_the_password = {"accounts:sign_in_code": ask_by_password}
signs_up = {"accounts:signup_mobile_code": ask_by_sign_up}


def guesses(attackers: dict) -> int:
    """The most that any of the crowds reaches."""
    return max(guesses_of(crowd, attackers) for crowd in CROWDS)


def guesses_of(crowd: int, attackers: dict) -> int:
    """How many guesses were compared with a living code in an hour, by browsers that press everything there is to press.

    Counted where they are compared: the pages tell a stranger less than the truth, on purpose.
    """
    owner = fresh()
    people = [(attacker.browser(f"198.51.{n}.7"), *list(attackers.items())[n % len(attackers)]) for n in range(crowd)]
    with attacker.Hour() as hour, counted_comparisons() as compared:
        for _step in hour.steps(STEP):
            for number, (person, page, ask) in enumerate(people):
                said = attacker.text_of(attacker.post(person, page, {"code": "000000"}))
                if "Nhập mã xác nhận" not in said:
                    ask(person, owner, number)
                elif "Gửi lại OTP” để nhận" in said:
                    attacker.post(person, page, {"action": "resend"})
    return len(compared)


@contextmanager
def counted_comparisons():
    from accounts.models import device

    compared, compare = [], device.constant_time_compare

    def counted(typed, code):
        # What a name without an account is compared with is no code.
        if code != "-":
            compared.append(typed)
        return compare(typed, code)

    device.constant_time_compare = counted
    try:
        yield compared
    finally:
        device.constant_time_compare = compare


# --- SMS -----------------------------------------------------------------------------------------


def sent() -> int:
    from portal.messaging.models import OutgoingMessage

    return OutgoingMessage.objects.filter(channel="sms").count()


def sms_from_one_address():
    """All forms that send codes, a new browser and another victim each time."""
    from django.utils import timezone

    from accounts.tests.make import make_citizen

    fresh()
    victims = [make_citizen(phone=f"+8498000{n:04d}", phone_verified_at=timezone.now()) for n in range(40)]
    with attacker.Hour() as hour:
        for number, _step in enumerate(hour.steps(60)):
            victim = victims[number % len(victims)]
            ways = [
                ("account_reset_password", {"login": victim.national_id, "by": "sms"}),
                ("accounts:signup_mobile", attacker.by_mobile(f"0010800{number:05d}", f"0970{number:06d}")),
                ("accounts:dispute", attacker.claim(victim.national_id, f"0960{number:06d}", BORN)),
            ]
            for page, data in ways:
                attacker.post(attacker.browser("198.51.100.7"), page, data)
    yield "all forms together", sent()


def sms_to_one_number():
    """Every way that sends a code to this phone, each time from a new address."""
    for name, ways in {
        "sign-up": [sign_up],
        "recovery": [recover],
        "dispute": [dispute],
        "all of a stranger together": [sign_up, recover, dispute],
        "who knows the password": [sign_up, recover, dispute, sign_in],
    }.items():
        owner = fresh()
        with attacker.Hour() as hour:
            for number, _step in enumerate(hour.steps(60)):
                for place, way in enumerate(ways):
                    way(attacker.browser(f"198.{50 + place}.{number}.7"), owner, number)
        yield name, sent()


def sign_up(person, owner, number):
    ask_by_sign_up(person, owner, number)


def recover(person, owner, number):
    ask_by_sms(person, owner, number)


def dispute(person, owner, number):
    attacker.post(person, "accounts:dispute", attacker.claim(owner.national_id, PHONE, BORN))


def sign_in(person, owner, number):
    ask_by_password(person, owner, number)


# --- ID numbers ----------------------------------------------------------------------------------


def probes():
    """How many different numbers were answered with what tells a taken one from a free one."""
    for name, page in {
        "sign-up by mobile, one address": "accounts:signup_mobile",
        "sign-up by e-mail, one address": "accounts:signup_email",
        "dispute, one address": "accounts:dispute",
        "these three together, one address": "",
    }.items():
        fresh()
        yield name, probed_by(page)
    fresh()
    yield "texts to the short code, one phone", probed_by_text()
    for name, page, data in [
        ("recovery by SMS", "account_reset_password", {"by": "sms"}),
        ("recovery by mail", "account_reset_password", {"by": "mail"}),
        ("sign-in", "account_login", {"password": "x"}),
    ]:
        fresh()
        yield name, told_apart(page, data)


def probed_by(page: str) -> int:
    pages = [page] if page else ["accounts:signup_mobile", "accounts:signup_email", "accounts:dispute"]
    answered = set()
    with attacker.Hour() as hour:
        for number, _step in enumerate(hour.steps(120)):
            for place, way in enumerate(pages):
                national_id = f"0010800{3 * number + place:05d}"
                data = {
                    "accounts:signup_mobile": lambda n=national_id: attacker.by_mobile(n, f"097{n[-7:]}"),
                    "accounts:signup_email": lambda n=national_id: attacker.by_email(n, f"ai{n}@example.org"),
                    "accounts:dispute": lambda n=national_id: attacker.claim(n, f"097{n[-7:]}"),
                }[way]()
                said = attacker.text_of(attacker.post(attacker.browser("198.51.100.7"), way, data))
                if any(words in said for words in PROBED):
                    answered.add(national_id)
    return len(answered)


def probed_by_text() -> int:
    from accounts.tests.make import make_citizen

    # Somebody's taken number each time: a free one would make the attacker's account, and end the guessing.
    numbers = [make_citizen(national_id=f"0010800{n:05d}").national_id for n in range(60)]
    told = set()
    with attacker.Hour() as hour:
        for count, _step in enumerate(hour.steps(60)):
            reply = attacker.text_in("+84970000001", f"TK, Tran Quang Minh, {numbers[count]}, 15/08/1980", count)
            if "da co tai khoan" in reply:
                told.add(numbers[count])
    return len(told)


def told_apart(page: str, data: dict) -> int:
    """How many of sixty numbers, half of them taken, were answered unlike the first free one."""
    from accounts.tests.make import make_citizen

    taken = [make_citizen(national_id=f"0010800{n:05d}").national_id for n in range(10)]
    free = [f"0010801{n:05d}" for n in range(10)]
    pages = {
        number: attacker.text_of(attacker.post(attacker.browser(f"198.51.{n}.7"), page, data | {"login": number}))
        for n, number in enumerate(taken + free)
    }
    ordinary = pages[free[0]].replace(free[0], "")
    return sum(said.replace(number, "") != ordinary for number, said in pages.items())


if __name__ == "__main__":
    main()
