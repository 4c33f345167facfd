"""The last day as bars: what left stands above the line, what did not hangs below it."""

from typing import NamedTuple

WIDTH, HEIGHT, GAP = 240, 100, 2
# One message among ten thousand is still to be seen.
LEAST = 3


class Bar(NamedTuple):
    """One rectangle; `css` is sent, failed or expired."""

    css: str
    x: float
    y: float
    width: float
    height: float


class Chart:
    """One channel's day; both directions have one scale. The page shows the numbers as a table too."""

    width, height = WIDTH, HEIGHT

    def __init__(self, label, hours):
        self.label, self.hours = label, hours
        self.sent, self.failed, self.expired = (sum(getattr(hour, name) for hour in hours) for name in ("sent", "failed", "expired"))
        self.is_empty = not (self.sent or self.failed or self.expired)
        self.busiest = max(hours, key=lambda hour: hour.sent)
        self.peak = self.busiest.sent
        depth = max(hour.failed + hour.expired for hour in hours)
        # Room for the least bar above the line, and for one of each kind below it.
        self._scale = (HEIGHT - 3 * LEAST) / (self.peak + depth) if self.peak + depth else 0
        self.zero = round(HEIGHT - 2 * LEAST - depth * self._scale, 2)
        # Which hours are named below: enough to find one's way, and few enough for a phone.
        self.ticks = [hour.begins for hour in hours[::6]]

    def bars(self):
        step = WIDTH / len(self.hours)
        for n, hour in enumerate(self.hours):
            x, width = round(n * step + GAP / 2, 2), round(step - GAP, 2)
            if hour.sent:
                yield Bar("sent", x, round(self.zero - self._length(hour.sent), 2), width, self._length(hour.sent))
            below = self.zero
            for css, number in (("failed", hour.failed), ("expired", hour.expired)):
                if number:
                    yield Bar(css, x, round(below, 2), width, self._length(number))
                    below += self._length(number)

    def _length(self, number) -> float:
        return round(max(number * self._scale, LEAST), 2)
