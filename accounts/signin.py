"""From a citizen who is known to a signed-in session: allauth's login, with our stages on the way."""

from accounts import allauth_compat
from accounts.stages import SmsCodeStage


def enter(request, user, *, proven_phone=False, next_url=""):
    """Sign `user` in and return the answer that leads on: to the next stage, to `next_url`, or to “Hồ sơ của tôi”.

    For doors of our own, after they have proven who is there; e.g. the end of a sign-up:
    `return signin.enter(request, user, proven_phone=True, next_url=reverse("accounts:signup_done"))`.
    `proven_phone`: a code sent to the account's phone was typed in this very session, so no second one is asked for.
    `next_url` is a page of ours, or was judged with `allauth_compat.is_safe_url`.
    """
    passed = [SmsCodeStage.key] if proven_phone else []
    return allauth_compat.sign_in(request, user, method="phone" if proven_phone else "door", next_url=next_url, passed=passed)
