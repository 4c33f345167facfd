"""The bars of the last day."""

import datetime

from portal.messaging.admin.chart import HEIGHT, LEAST, WIDTH, Chart
from portal.messaging.admin.situation import Hour

BEGIN = datetime.datetime(2026, 11, 24, 9)


def chart(**hours):
    """A day in which the named hours, as `h0`, had these numbers: sent, failed, expired."""
    return Chart("Tin nhắn", [Hour(BEGIN + datetime.timedelta(hours=n), *hours.get(f"h{n}", ())) for n in range(24)])


def test_what_left_stands_on_the_line_and_what_did_not_hangs_below_it():
    drawn = chart(h0=(8, 2, 1))
    sent, failed, expired = drawn.bars()
    assert [bar.css for bar in (sent, failed, expired)] == ["sent", "failed", "expired"]
    assert abs(sent.y + sent.height - drawn.zero) < 0.02
    assert (failed.y, round(expired.y, 2)) == (drawn.zero, round(failed.y + failed.height, 2))
    assert abs(sent.height / failed.height - 4) < 0.01


def test_no_bar_leaves_the_picture():
    for day in (chart(h0=(10_000, 1, 1)), chart(h5=(0, 7, 0)), chart(h23=(1, 0, 0)), chart(h1=(1, 900, 900), h2=(5, 0, 0))):
        assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH and bar.y >= 0 and bar.y + bar.height <= HEIGHT for bar in day.bars())


def test_one_failure_among_thousands_is_to_be_seen():
    assert [bar.height for bar in chart(h0=(10_000, 1, 0)).bars()][1] == LEAST


def test_an_idle_day_has_a_line_and_no_bars():
    assert (list(chart().bars()), chart().peak, chart().is_empty) == ([], 0, True)
    assert 0 < chart().zero < HEIGHT


def test_the_sums_and_the_hours_that_are_named():
    drawn = chart(h0=(8, 2, 1), h7=(3, 0, 1))
    assert (drawn.sent, drawn.failed, drawn.expired, drawn.peak, drawn.is_empty) == (11, 2, 2, 8, False)
    assert drawn.busiest.begins == BEGIN
    assert [tick.hour for tick in drawn.ticks] == [9, 15, 21, 3]
