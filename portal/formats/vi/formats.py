"""Dates, numbers as a Vietnamese official writes them: 25/11/2026, 14 giờ 32, 1.812."""

DATE_FORMAT = "d/m/Y"
SHORT_DATE_FORMAT = "d/m/Y"
TIME_FORMAT = "G \\g\\i\\ờ i"
DATETIME_FORMAT = "G \\g\\i\\ờ i, d/m/Y"
SHORT_DATETIME_FORMAT = "H:i d/m/Y"
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3
FIRST_DAY_OF_WEEK = 1
