"""Whether all is well, and what to do where it is not."""

import datetime

import pytest
from django.utils import timezone

from portal.messaging import budget
from portal.messaging.admin import verdict
from portal.messaging.admin.situation import Waiting
from portal.messaging.admin.verdict import Trouble
from portal.messaging.budget import OTHERS, SIGN_IN
from portal.messaging.models import ProviderHealth

NOW = timezone.make_aware(datetime.datetime(2026, 11, 25, 8, 42))
WELL, MAIL = ProviderHealth(name="kannel-1", channel="sms"), ProviderHealth(name="smtp", channel="email")


def ago(**time):
    return NOW - datetime.timedelta(**time)


def troubles(waiting=(), providers=(WELL, MAIL), failed=0):
    return verdict.troubles(NOW, list(waiting), list(providers), failed)


def test_where_nothing_is_wrong_there_is_no_trouble():
    assert troubles() == []
    assert verdict.all_well([]) == "Mọi việc bình thường: tin đi ngay khi đến lượt, mọi nhà cung cấp hoạt động."
    assert verdict.all_well([Waiting("sms", False, next_try=3)]) == "Mọi nhà cung cấp hoạt động. 3 tin sẽ tự thử lại."


def test_a_gateway_that_is_away_is_named_with_the_one_that_takes_its_place():
    away = ProviderHealth(name="vnpt", channel="sms", away_since=ago(minutes=5))
    assert troubles(providers=[away, WELL, MAIL]) == [
        Trouble("warn", "vnpt gián đoạn từ 8 giờ 37, 25/11/2026. Tin nhắn đang đi qua kannel-1. Gọi nhà cung cấp.")
    ]
    assert troubles(providers=[away, MAIL]) == [
        Trouble("error", "vnpt gián đoạn từ 8 giờ 37, 25/11/2026. Tin nhắn tự đi khi đường này trở lại. Gọi nhà cung cấp.")
    ]


def test_a_mail_server_that_is_away_is_grave():
    away = ProviderHealth(name="smtp", channel="email", away_since=ago(minutes=5))
    assert troubles(providers=[WELL, away]) == [
        Trouble(
            "error",
            "Máy chủ thư gián đoạn từ 8 giờ 37, 25/11/2026. Thư tự đi khi máy chủ trở lại. Gọi bên vận hành máy chủ thư.",
        )
    ]


def test_a_queue_that_stands_still_says_what_to_look_at(settings):
    settings.READY_MESSAGE_AGE_SECONDS = 900
    still = [Waiting("sms", True, 1, oldest=ago(minutes=16)), Waiting("email", False, 1, oldest=ago(minutes=2))]
    assert troubles(waiting=still) == [
        Trouble("error", "Có tin đến lượt đã 16 phút mà chưa gửi. Báo bộ phận kỹ thuật kiểm tra worker, beat, Redis và cơ sở dữ liệu.")
    ]
    assert troubles(waiting=[Waiting("sms", True, 1, oldest=ago(minutes=15))]) == []


@pytest.mark.parametrize(
    ("door", "spent", "kind"),
    [(SIGN_IN, 63, None), (SIGN_IN, 64, "warn"), (SIGN_IN, 70, "error"), (SIGN_IN, 80, "error"), (OTHERS, 40, None)],
)
def test_a_budget_that_runs_out_is_told(settings, door, spent, kind):
    settings.SMS_DAILY_BUDGET = 80
    for _sms in range(spent):
        budget.spend(door)
    assert [trouble.kind for trouble in troubles()] == ([kind] if kind else [])


def test_the_gravest_stands_first():
    away = ProviderHealth(name="smtp", channel="email", away_since=ago(minutes=5))
    assert [trouble.kind for trouble in troubles(providers=[WELL, away], failed=2)] == ["error", "warn"]
    assert troubles(failed=2) == [Trouble("warn", "Có 2 tin không gửi được. Xem lý do, rồi gửi lại.")]


@pytest.mark.parametrize(
    ("time", "said"),
    [({"seconds": 59}, "dưới 1 phút"), ({"minutes": 12}, "12 phút"), ({"minutes": 125}, "2 giờ 5 phút"), ({"hours": 50}, "2 ngày")],
)
def test_an_age_is_said_as_people_say_it(time, said):
    assert verdict.age(datetime.timedelta(**time)) == said
