"""The repository watches its own templates: nothing unused, nothing inline, nothing that leads nowhere."""

import gzip
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
WEB_PAGES = [path for path in TEMPLATES if "messages" not in path.relative_to(ROOT).parts]
SOURCES = [
    path
    for app in ("portal", "accounts", "procedures", "dossiers", "tracking")
    for path in ROOT.glob(f"{app}/**/*.py")
    if "tests" not in path.parts
]
# Looked up by frameworks, or by status, under names that stand nowhere as a whole.
FOUND_BY_NAME = (
    "errors/500",
    "errors/503",
    "django/forms/",
    "captcha/",
    "account/",
    "admin/",
    "messages/",
    "allauth/",
    "registration/",
    "otp/",
)


def name(path):
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_can_be_read(path):
    assert get_template(name(path))


def test_every_template_is_used():
    said = "\n".join(path.read_text() for path in [*SOURCES, *TEMPLATES])
    # pages/ and errors/ are shown by their stem: page("guide"), refuse(request, "404", 404).
    unused = [
        name(path)
        for path in TEMPLATES
        if not name(path).startswith(FOUND_BY_NAME)
        and f'"{name(path)}"' not in said
        and f'"{path.stem}"' not in said
        and f"errors/{path.stem}" not in said
    ]
    assert unused == []


@pytest.mark.parametrize("path", WEB_PAGES, ids=name)
def test_a_page_holds_no_style_and_no_script_of_its_own(path):
    text = path.read_text()
    assert not re.findall(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_every_icon_is_in_the_sprite():
    sprite = ElementTree.parse(finders.find("img/icons.svg")).getroot()
    drawn = {symbol.get("id") for symbol in sprite}
    named = {icon for path in WEB_PAGES for icon in re.findall(r'{% icon "([\w-]+)" %}', path.read_text())}
    assert named <= drawn


def test_every_style_sheet_and_static_file_named_is_there():
    text = "\n".join(path.read_text() for path in WEB_PAGES)
    files = [f"css/{sheet}.css" for sheet in re.findall(r'{% css "([\w-]+)"', text)] + re.findall(r'{% static "([^"]+)" %}', text)
    assert [file for file in files if "{" not in file and not finders.find(file)] == []


def test_every_class_in_a_template_is_known_to_a_style_sheet():
    styles = "\n".join(path.read_text() for path in ROOT.glob("static/css/*.css"))
    known = set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", styles))
    used = {}
    for path in WEB_PAGES:
        if name(path).startswith(("admin/", "dev/")):
            continue
        for value in re.findall(r'class="([^"]*)"', re.sub(r"{%.*?%}|{{.*?}}", " ", path.read_text())):
            for word in value.split():
                used.setdefault(word, name(path))
    assert {word: where for word, where in used.items() if word not in known} == {}


def test_the_script_is_small():
    assert len(gzip.compress(Path(finders.find("js/portal.js")).read_bytes())) <= 10_000
