"""A browser in plain words, from the line it introduces itself with: “Chrome trên Android”.

The line is whatever the browser says of itself: good enough to recognise one's own phone, no proof of anything.
"""

import re

from django.utils.translation import gettext as _

# The first that fits: browsers name those they descend from as well.
BROWSERS = (
    (r"Zalo", "Zalo"),
    (r"FBAN|FBAV", "Facebook"),
    (r"coc_coc", "Cốc Cốc"),
    (r"SamsungBrowser", "Samsung Internet"),
    (r"UCBrowser|UCWEB", "UC Browser"),
    (r"OPR/|Opera", "Opera"),
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"Firefox|FxiOS", "Firefox"),
    (r"Chrom(e|ium)|CriOS", "Chrome"),
    (r"Safari", "Safari"),
)
SYSTEMS = (
    (r"Windows", "Windows"),
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"KAIOS", "KaiOS"),
    (r"CrOS", "ChromeOS"),
    (r"Macintosh", "máy Mac"),
    (r"Linux", "Linux"),
)


def name(user_agent: str) -> str:
    """What the owner would call it."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("{browser} trên {system}").format(browser=browser, system=system)
    return browser or system or _("Thiết bị không rõ")


def _first(known, user_agent):
    return next((word for pattern, word in known if re.search(pattern, user_agent)), "")
