"""A citizen at the other end of HTTP: no browser, no script, only pages, forms and cookies."""

import http.client
import http.cookiejar
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

PATIENCE_SECONDS = 60


class Form(dict):
    """The fields of a form with what is already filled in, and where it goes."""

    def __init__(self, action: str, name: str = ""):
        super().__init__()
        self.action, self.name = action, name
        self.options: dict[str, list[str]] = {}


class _Reader(HTMLParser):
    def __init__(self, base: str):
        super().__init__()
        self.base, self.forms = base, []
        self._form = self._select = self._text = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name, value = given.get("name"), given.get("value", "")
        if tag == "form":
            self._form = Form(urljoin(self.base, given.get("action") or ""), given.get("id", ""))
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and name:
            self._input(given.get("type", "text"), name, value, "checked" in given)
        elif tag == "select" and name:
            self._select = name
            self._form.setdefault(name, "")
        elif tag == "option" and self._select:
            self._form.options.setdefault(self._select, []).append(value)
            if "selected" in given:
                self._form[self._select] = value
        elif tag == "textarea" and name:
            self._text, self._form[name] = name, ""

    def _input(self, kind, name, value, checked):
        if kind in ("radio", "checkbox"):
            self._form.options.setdefault(name, []).append(value)
            if checked:
                self._form[name] = value
        elif kind not in ("file", "submit", "button"):
            self._form[name] = value

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None

    def handle_data(self, data):
        if self._text and self._form is not None:
            self._form[self._text] += data.removeprefix("\n") if not self._form[self._text] else data


@dataclass
class Page:
    """An answer: its status, the address where it was found, and what it says."""

    status: int
    url: str
    text: str
    headers: dict

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def form(self, having: str) -> Form:
        """The form of that name, with a field of that name, or whose address holds the words."""
        reader = _Reader(self.url)
        reader.feed(self.text)
        for form in reader.forms:
            if having in (form.name, *form, *form.options) or having in form.action:
                return form
        raise AssertionError(f"{self.url} ({self.status}) has no form with “{having}”: {self.text[:3000]}")


@dataclass
class Visit:
    """One request as the citizen lived it."""

    method: str
    path: str
    status: int
    seconds: float


@dataclass
class Citizen:
    url: str
    account: dict
    visits: list[Visit] = field(default_factory=list)

    def __post_init__(self):
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    # Requests

    def get(self, address: str) -> Page:
        return self._ask(urllib.request.Request(urljoin(self.url, address)))

    def send(self, form: Form, files: list[tuple] = (), **changed) -> Page:
        return self._ask(self._request(form, files, changed))

    def send_and_hang_up(self, form: Form, **changed) -> None:
        """The line is cut: everything was sent, nothing of the answer is read."""
        request = self._request(form, (), changed)
        self.cookies.add_cookie_header(request)
        line = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE_SECONDS)
        line.request("POST", urlsplit(form.action).path, request.data, dict(request.header_items()))
        line.close()

    @staticmethod
    def _request(form, files, changed) -> urllib.request.Request:
        fields = {name: value for name, value in (form | changed).items() if value is not None}
        kind, body = _multipart(fields, files) if files else ("application/x-www-form-urlencoded", urllib.parse.urlencode(fields).encode())
        return urllib.request.Request(form.action, body, {"Content-Type": kind})

    def _ask(self, request) -> Page:
        started = time.monotonic()
        try:
            answer = self._opener.open(request, timeout=PATIENCE_SECONDS)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            text = answer.read().decode(errors="replace")
        page = Page(answer.status, answer.url, text, dict(answer.headers))
        self.visits.append(Visit(request.get_method(), urlsplit(request.full_url).path, page.status, time.monotonic() - started))
        return page

    # What citizens do

    def sign_in(self) -> None:
        form = self.get("/dang-nhap/").form("login")
        page = self.send(form, login=self.account["user"], password=self.account["password"])
        assert page.status == 200, page.text
        assert page.path != "/dang-nhap/", page.text

    def begin(self, procedure: str, agency: str | None = None) -> str:
        """A new draft, its agency chosen (by a part of its name, or the first); the address of its steps."""
        chooser = self.get(f"/nop-ho-so/?thu-tuc={procedure}")
        page = self.send(chooser.form(f"/bat-dau/{procedure}/"), anew="1")
        assert page.path.endswith("/co-quan/"), page.text
        self.draft = page.url.removesuffix("co-quan/")
        form = page.form("agency")
        chosen = agency or next(value for value in form.options["agency"] if value)
        near = {"near": "other"} if "near" in form.options else {}
        self._on(self.send(form, agency=chosen, **near), "nguoi-nop")
        return self.draft

    def confirm(self, slug: str, following: str, **answers) -> Page:
        page = self.get(f"{self.draft}{slug}/")
        return self._on(self.send(page.form("step-form"), **answers), following)

    def attach(self, photograph: bytes, name: str = "IMG_20261118.jpg") -> None:
        """One photograph for the first paper."""
        page = self.get(f"{self.draft}giay-to/")
        answer = self.send(page.form("/tai-len/"), [("files", name, "image/jpeg", photograph)])
        self._on(answer, "giay-to")

    @staticmethod
    def _on(page: Page, slug: str) -> Page:
        assert page.path.endswith(f"/{slug}/"), f"{page.status} {page.url}: {page.text}"
        return page

    def filing(self, answer_of) -> tuple[Form, dict]:
        """The form at the end of the review, and what makes it complete; `answer_of` tells the digits of a code."""
        form = self.get(f"{self.draft}kiem-tra/").form("sworn")
        return form, {"sworn": "on"} | ({"captcha_1": answer_of(form["captcha_0"])} if "captcha_0" in form else {})


def _multipart(fields: dict, files) -> tuple[str, bytes]:
    mark = uuid.uuid4().hex
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    for name, file, kind, data in files:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()
