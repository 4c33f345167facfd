"""The catalogues: compiled, complete, with the same placeholders, and speaking as the house does."""

import ast
import importlib.util
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from babel.messages.pofile import read_po
from django import forms
from django.apps import apps
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation.template import templatize

BASE = Path(__file__).resolve().parents[2]
SOURCES = ("portal", "accounts", "procedures", "dossiers", "tracking", "templates")
# The officials' site, the demo's inbox and its issuer have one language; texts of messages are sent in Vietnamese and not marked.
ONE_LANGUAGE = (
    "*/tests/*",
    "*/testing/*",
    "*/migrations/*",
    "*/management/*",
    "*/admin.py",
    "accounts/admin/*",
    "portal/messaging/admin/*",
    "portal/paging.py",
    "*/apps.py",
    "dossiers/desk.py",
    "dossiers/dossier_page.py",
    "portal/issuer/*",
    "portal/library.py",
    "portal/messaging/demo/inbox.py",
    "templates/admin/*",
    "templates/dev/*",
    "templates/messages/*",
)
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
LITERAL = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
PLACEHOLDER = re.compile(r"%\([\w.]+\)[sd]|%[sd]|\{[\w.:]*\}|</?\w+|&\w+;")


def catalogue(language):
    with (BASE / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as source:
        return read_po(source)


def forms_of(value) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def marked_in_python(source) -> set[tuple[str, ...]]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in MARKS:
            plural = (getattr(node.func, "id", "") or node.func.attr).startswith("ngettext")
            if words := tuple(part.value for part in node.args[: 2 if plural else 1] if isinstance(part, ast.Constant)):
                found.add(words)
    return found


def marked_in_template(source) -> set[tuple[str, ...]]:
    code = templatize(source)
    plural = {
        (ast.literal_eval(one), ast.literal_eval(many)) for one, many in re.findall(rf"ngettext\(({LITERAL}),\s*({LITERAL}),\s*count", code)
    }
    return plural | {(ast.literal_eval(one),) for one in re.findall(rf"(?<!n)gettext\(({LITERAL})\)", code)} | constants(source)


def constants(source) -> set[tuple[str, ...]]:
    return {(words,) for words in re.findall(r'_\("([^"]+)"\)', source)}


def words_of_citizens() -> dict[tuple[str, ...], str]:
    """Every marked string that a citizen may meet, with one file it stands in."""
    found = {}
    for folder in SOURCES:
        for path in sorted((BASE / folder).rglob("*")):
            name = str(path.relative_to(BASE))
            if path.suffix not in (".py", ".html", ".txt") or any(fnmatch(name, pattern) for pattern in ONE_LANGUAGE):
                continue
            source = path.read_text(encoding="utf-8")
            marked = marked_in_python(source) if path.suffix == ".py" else marked_in_template(source)
            found |= dict.fromkeys(marked, name)
    return found


def test_the_search_for_strings_finds_them_in_python_and_in_templates():
    found = words_of_citizens()
    assert found["Cơ quan giải quyết",]
    assert found["Có %(n)s chỗ cần sửa", "Có %(n)s chỗ cần sửa"]
    assert found["{n} ngày", "{n} ngày"] == "procedures/sheet.py"
    assert found["Ủy ban nhân dân %(PROVINCE_NAME)s",] == "templates/includes/masthead.html"
    assert len(found) > 900


def test_every_string_that_a_citizen_may_meet_has_an_english_translation():
    english = {forms_of(message.id)[0]: forms_of(message.string) for message in catalogue("en") if message.id and not message.fuzzy}
    missing = {words[0]: name for words, name in words_of_citizens().items() if not all(english.get(words[0], ("",)))}
    assert missing == {}, "Give these an English translation in locale/en, then run `make messages`."


def test_plurals_have_both_english_forms():
    english = {forms_of(message.id): forms_of(message.string) for message in catalogue("en") if message.id}
    plurals = [words for words in words_of_citizens() if len(words) == 2]
    assert plurals
    assert {words: len(english[words]) for words in plurals} == dict.fromkeys(plurals, 2)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_each_translation_keeps_the_placeholders_and_the_markup(language):
    different = []
    for message in catalogue(language):
        wanted = sorted(PLACEHOLDER.findall(forms_of(message.id)[-1])) if message.id else []
        different += [(said, wanted) for said in forms_of(message.string) if message.id and sorted(PLACEHOLDER.findall(said)) != wanted]
    assert different == []


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_catalogues_are_compiled(language):
    spec = importlib.util.spec_from_file_location("check_locale", BASE / ".ci" / "check_locale.py")
    check_locale = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check_locale)
    assert check_locale.stale() == []


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_words_are_quiet_and_well_set(language):
    said = [text for message in catalogue(language) if message.id for text in forms_of(message.string)]
    assert [text for text in said if "!" in text or " \n" in text or re.search(r"(?<![=<])[\"]\w+[\"](?!>)", text)] == []
    assert [text for text in said if re.search(r"\b(bạn|quý khách|Bạn)\b", text)] == []


def in_both(words: dict) -> list[tuple[str, str]]:
    said = []
    for language in ("en", "vi"):
        with translation.override(language):
            said.append([str(text) for text in words.values()])
    return list(zip(*said, strict=True))


@pytest.mark.parametrize("adapter", [get_adapter, get_social_adapter])
def test_what_allauth_refuses_is_said_in_vietnamese(adapter):
    assert [said for said in in_both(adapter().error_messages) if len(set(said)) == 1] == []


@pytest.mark.parametrize("app", ["account", "socialaccount", "usersessions"])
def test_what_allauth_keeps_has_vietnamese_names(app):
    names = {"": apps.get_app_config(app).verbose_name}
    for model in apps.get_app_config(app).get_models():
        names |= {
            f"{model.__name__}.{field.name}": field.verbose_name for field in model._meta.fields if not isinstance(field.verbose_name, str)
        }
    assert names
    assert [said for said in in_both(names) if len(set(said)) == 1] == []


def test_what_django_says_of_a_form_calls_nobody_by_a_familiar_name():
    fields = (
        forms.CharField(max_length=3), forms.DateField(), forms.TimeField(), forms.IntegerField(), forms.EmailField(),
        forms.ChoiceField(), forms.MultipleChoiceField(), forms.FileField(), forms.ImageField(), forms.ModelChoiceField(None),
    )  # fmt: skip
    with translation.override("vi"):
        said = [str(text) for field in fields for text in field.error_messages.values()]
        said += password_validation.password_validators_help_texts()
        with pytest.raises(ValidationError) as refused:
            password_validation.validate_password("123")
        said += refused.value.messages
    assert said[0] == "Mục này cần điền."
    assert [text for text in said if "bạn" in text.lower() or re.search(r"\b(the|this|is|not)\b", text)] == []
