"""Reading a page for words that are not of its language.

People, agencies and procedures of these tests have names without accents, so that an accented letter on
an English page is a word somebody forgot.
"""

import re
from html.parser import HTMLParser

# What stays Vietnamese on an English page: names, and examples of what to type or to look for.
NAMES = ("Đắk Lắk", "Đà Nẵng", "Ê Đê", "M’Nông", "Xác nhận đăng ký tài khoản dịch vụ công", "CMT hoặc CCCD")
ACCENTED = re.compile(r"[À-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
ENGLISH = re.compile(r"\b(this|the|your|please|required|enter|select|choose|password|invalid|must|not|with|and)\b", re.IGNORECASE)
# What stays English on a Vietnamese page: the language itself, words that are the same, technical names.
SAME = ("English", "JavaScript", "OTP", "Cookie")
SHOWN = ("alt", "title", "placeholder", "aria-label", "data-once", "content", "value")


class Reader(HTMLParser):
    """What a reader sees or hears of a page, without what is declared to be in another language."""

    VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}

    def __init__(self, page):
        super().__init__()
        self.language, self.heard, self.silent = "", [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        if tag == "html":
            self.language = held["lang"]
        other = held.get("lang", self.language) != self.language
        if tag not in self.VOID:
            self.silent.append(bool(self.silent and self.silent[-1]) or tag in ("script", "style", "svg") or other)
        if not other and not (self.silent and self.silent[-1]):
            typed = tag == "input" and held.get("type") not in ("submit", "button")
            self.heard += [held[name] for name in SHOWN if held.get(name) and not (typed and name == "value")]

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            self.silent.pop()

    def handle_data(self, data):
        if data.strip() and not self.silent[-1]:
            self.heard.append(" ".join(data.split()))


def foreign(response, language) -> list[str]:
    """The words on a page that are not of its language."""
    read = Reader(response.content.decode())
    assert read.language == language, f"{response.request['PATH_INFO']} is answered with {response.status_code}"
    wrong, allowed = (ACCENTED, NAMES) if language == "en" else (ENGLISH, SAME)
    left = []
    for text in read.heard:
        kept = text
        for name in allowed:
            kept = kept.replace(name, "")
        if wrong.search(kept):
            left.append(text)
    return left


def check(language, *responses):
    left = {response.request["PATH_INFO"]: found for response in responses if (found := foreign(response, language))}
    assert left == {}
    assert {response.status_code for response in responses} <= {200, 400, 403, 404, 409, 413, 429, 500, 503}
