"""The declaration form of a procedure (đơn, tờ khai): drawn from data, answered, read back.

A declaration is a list of groups, each a title and its questions:

    {"title": "Người mẹ", "help": "…", "fields": [
        {"key": "me_ho_ten", "label": "Họ và tên", "type": "text", "required": true, "person": true,
         "help": "…", "prefill": "account.full_name",
         "shown_if": {"key": "cap_ban_sao", "is": ["Có"]},
         "required_if": {"key": "ngay_sinh", "younger_than": 18}}]}

`shown_if`: outside its condition the question is not asked and its answer is dropped.
`required_if`: always asked, required where its condition holds.
The kinds of question are in questions.py.
"""

import datetime
import re
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from procedures import tables
from procedures.addresses import PARTS
from procedures.answer_fields import PAPERS
from procedures.questions import KINDS, LISTS, Question, Table, age, iso_day, uncapitalised

LONGEST_KEPT = 5000
SOURCES = ("account", "dossier")


# --- Conditions --------------------------------------------------------------------------------


def holds(condition: dict, answers: dict) -> bool:
    """Whether a condition is met by stored answers; an answer not given meets none."""
    answer = answers.get(condition["key"])
    if "is" in condition:
        return answer in condition["is"]
    if "younger_than" in condition:
        born = iso_day(answer) or iso_day(f"{answer}-01-01")
        return born is not None and age(born, timezone.localdate()) < condition["younger_than"]
    return bool(answer)


def condition_words(condition: dict, label: str) -> str:
    """The condition as a hint says it; without JavaScript every question is in sight."""
    if "is" in condition:
        return _("khi chọn {values} ở mục “{label}”").format(values=" / ".join(f"“{value}”" for value in condition["is"]), label=label)
    if "younger_than" in condition:
        return _("khi người khai chưa đủ {age} tuổi").format(age=condition["younger_than"])
    return _("khi đã điền mục “{label}”").format(label=label)


# --- The form ----------------------------------------------------------------------------------


class Shown(NamedTuple):
    """A question of a group as the template draws it."""

    field: forms.BoundField
    shown_if: dict | None


class Group(NamedTuple):
    title: str
    help: str
    fields: list[Shown]


def questions_of(declaration: list) -> dict[str, Question]:
    """The questions by key, each able to name itself in a message."""
    labels = [schema["label"] for group in declaration for schema in group["fields"]]
    found = {}
    for group in declaration:
        for schema in group["fields"]:
            spoken = uncapitalised(schema["label"])
            if labels.count(schema["label"]) > 1:
                spoken = f"{spoken} ({uncapitalised(group['title'])})"
            found[schema["key"]] = KINDS[schema["type"]](schema, spoken=spoken)
    return found


class DeclarationForm(forms.Form):
    """One field for each question; partial keeps whatever is typed and asks for nothing."""

    template_name = "procedures/includes/declaration_form.html"

    def __init__(self, declaration, *, data=None, initial=None, prefix="", partial=False):
        self.declaration, self.partial = declaration, partial
        self.questions = questions_of(declaration)
        typed = {key: self.questions[key].typed(stored) for key, stored in (initial or {}).items() if key in self.questions}
        super().__init__(data, initial=typed, prefix=prefix or None)
        for key, question in self.questions.items():
            self.fields[key] = question.field()
            self.fields[key].help_text = self._hint(question, self.fields[key].help_text)

    def _hint(self, question, help_text):
        condition = question.shown_if or question.required_if
        if not condition:
            return help_text
        words = condition_words(condition, self.questions[condition["key"]].label)
        needed = question.required_if or question.required
        when = (_("Bắt buộc {condition}.") if needed else _("Chỉ khai {condition}.")).format(condition=words)
        return f"{help_text.rstrip('.')}. {when}" if help_text else when

    @property
    def groups(self):
        """The groups for the template, each question with its bound field."""
        return [
            Group(
                group["title"],
                group.get("help", ""),
                [Shown(self[schema["key"]], schema.get("shown_if")) for schema in group["fields"]],
            )
            for group in self.declaration
        ]

    @property
    def has_tables(self) -> bool:
        return any(isinstance(question, Table) for question in self.questions.values())

    @property
    def adds_rows(self) -> bool:
        """Whether the button “Thêm dòng” was pressed: the page is drawn again, nothing is confirmed."""
        return bool(self.data.get(tables.ADD_ROW)) if self.is_bound else False

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.partial:
            self._errors = forms.utils.ErrorDict(renderer=self.renderer)

    def clean(self):
        cleaned = super().clean()
        answers = self._stored()
        for key, question in self.questions.items():
            if question.shown_if and not holds(question.shown_if, answers):
                self._errors.pop(key, None)
                cleaned.pop(key, None)
        for key, question in self.questions.items():
            self._judge(key, question, answers)
        return cleaned

    def _judge(self, key, question, answers):
        """What a field by itself cannot see: other answers, today, bounds."""
        if key in self._errors or key not in self.cleaned_data:
            return
        value = self.cleaned_data[key]
        if value in (None, "", [], False):
            asked = question.required if question.shown_if else question.required_if and holds(question.required_if, answers)
            if asked:
                self.add_error(key, question.missing())
            return
        if why := question.mistake(value) or self._order(question, value):
            self.add_error(key, why)

    def _order(self, question, value):
        """Why a date cannot stand before the one it follows."""
        earlier = self.questions.get(question.schema.get("after", ""))
        before = self.cleaned_data.get(earlier.key) if earlier else None
        if not before or day_of(value) >= day_of(before):
            return ""
        return _("{question} không thể trước {earlier} ({day}).").format(
            question=question.label, earlier=earlier.spoken, day=earlier.typed(earlier.stored(before))
        )

    def _stored(self):
        answers = {}
        for key, value in self.cleaned_data.items():
            stored = None if value in (None, "", [], False) else self.questions[key].stored(value)
            if stored is not None:
                answers[key] = stored
        return answers

    def answers(self) -> dict[str, Any]:
        """The answers as JSON by key, empty ones left out; with partial, what cannot be read yet as typed."""
        self.errors  # noqa: B018 - Django cleans a form when its errors are asked for
        answers = self._stored()
        if self.partial:
            for key in self.questions:
                if key not in self.cleaned_data:
                    typed = kept(self[key].data)
                    if typed:
                        answers[key] = typed
        return {key: answers[key] for key in self.questions if key in answers}


def kept(typed):
    """What was typed, in a form the database can hold; empty where nothing was."""
    if isinstance(typed, dict):
        parts = {key: kept(value) for key, value in typed.items()}
        return parts if any(parts.values()) else None
    if isinstance(typed, list):
        return [row for row in map(kept, typed) if row]
    if isinstance(typed, str):
        return typed.replace("\x00", "").strip()[:LONGEST_KEPT]
    return typed


def day_of(value):
    """A date, a moment or a birth date, comparable with another of its kind."""
    return getattr(value, "date", value) if not isinstance(value, datetime.datetime) else value


def form_for(declaration, *, data=None, initial=None, prefix="", partial=False) -> DeclarationForm:
    """The form of a declaration; `initial` are stored answers, `data` what was posted."""
    return DeclarationForm(declaration, data=data, initial=initial, prefix=prefix, partial=partial)


# --- Reading back ------------------------------------------------------------------------------


def read(declaration, answers: dict) -> list[dict]:
    """The answers as people read them: [{"title", "rows": [(label, text)]}], groups without an answer left out."""
    questions = questions_of(declaration)
    told = []
    for group in declaration:
        rows = []
        for schema in group["fields"]:
            question, answer = questions[schema["key"]], answers.get(schema["key"])
            if answer in (None, "", []):
                continue
            if isinstance(question, Table) and isinstance(answer, list):
                rows += [
                    (_("{label} – dòng {n}").format(label=question.label, n=n), question.told_row(row)) for n, row in enumerate(answer, 1)
                ]
            else:
                rows.append((question.label, question.told(answer)))
        if rows:
            told.append({"title": group["title"], "rows": rows})
    return told


def prefill(declaration, account: dict, dossier: dict | None = None) -> dict:
    """Initial answers from what the account (and the dossier so far) already knows."""
    known = {"account": account, "dossier": dossier or {}}
    initial = {}
    for group in declaration:
        for schema in group["fields"]:
            source, _dot, name = schema.get("prefill", "").partition(".")
            value = known.get(source, {}).get(name)
            if value:
                initial[schema["key"]] = value.isoformat() if isinstance(value, datetime.date) else value
    return initial


def mistakes(declaration, answers: dict) -> list[tuple[str, str]]:
    """What is still wrong in stored answers: (label, message). Empty means ready to submit."""
    form = form_for(declaration, data=posted(declaration, answers))
    return [(form.questions[key].label, message) for key, messages in form.errors.items() for message in messages]


def posted(declaration, answers: dict) -> QueryDict:
    """Stored answers as the browser would post them."""
    data = QueryDict(mutable=True)
    for key, question in questions_of(declaration).items():
        answer = question.typed(answers.get(key))
        if isinstance(question, Table):
            for place, row in enumerate(answer or []):
                for column in question.columns:
                    if row.get(column.key):
                        data[f"{key}-{place}-{column.key}"] = str(column.typed(row[column.key]))
        elif isinstance(answer, dict):
            for part in PARTS:
                data[f"{key}_{part}"] = answer.get(part) or ""
        elif answer is True:
            data[key] = "on"
        elif answer not in (None, "", False):
            data[key] = str(answer)
    return data


# --- Checking a schema before it is published --------------------------------------------------


class Mistake(ValueError):
    """A declaration that cannot become a form, said in a sentence to whoever wrote it."""


KEY = re.compile(r"[a-z][a-z0-9_]{0,60}")
DATES = ("date", "datetime")
IN_A_ROW = ("text", "number", "date", "id_number", "choice", "checkbox")


def check(declaration) -> None:
    """Refuse a declaration with a missing or unknown part, naming the question and the part."""
    if not isinstance(declaration, list):
        raise Mistake(_("Tờ khai phải là danh sách các nhóm câu hỏi."))
    questions: dict[str, dict] = {}
    for group in declaration:
        if not isinstance(group, dict) or not isinstance(group.get("title"), str) or not group["title"].strip():
            raise Mistake(_("Mỗi nhóm câu hỏi phải có tên (title)."))
        if unknown := set(group) - {"title", "help", "fields"}:
            raise Mistake(_("Nhóm “{title}” có phần không hiểu: {parts}.").format(title=group["title"], parts=", ".join(sorted(unknown))))
        if not isinstance(group.get("fields"), list) or not group["fields"]:
            raise Mistake(_("Nhóm “{title}” chưa có câu hỏi nào (fields).").format(title=group["title"]))
        for schema in group["fields"]:
            check_question(schema)
            if schema["key"] in questions:
                raise Mistake(_("Khóa “{key}” dùng hai lần.").format(key=schema["key"]))
            questions[schema["key"]] = schema
    for schema in questions.values():
        check_references(schema, questions)


def check_question(schema, *, in_a_row=False) -> None:
    if not isinstance(schema, dict) or not isinstance(schema.get("key"), str) or not KEY.fullmatch(schema["key"]):
        raise Mistake(_("Mỗi câu hỏi phải có khóa (key) gồm chữ thường không dấu, số và gạch dưới."))
    key, kind = schema["key"], schema.get("type")
    if key == tables.ADD_ROW:
        raise Mistake(_("Khóa “{key}” đã có việc khác.").format(key=key))
    if not isinstance(schema.get("label"), str) or not schema["label"].strip():
        raise Mistake(_("Câu hỏi “{key}” chưa có nhãn (label).").format(key=key))
    if not isinstance(kind, str) or kind not in KINDS:
        raise Mistake(_("Câu hỏi “{key}” có loại (type) không hiểu: {kind}.").format(key=key, kind=kind))
    if in_a_row and kind not in IN_A_ROW:
        raise Mistake(_("Cột “{key}” không thể thuộc loại {kind}.").format(key=key, kind=kind))
    if unknown := set(schema) - Question.common - KINDS[kind].allowed:
        raise Mistake(_("Câu hỏi “{key}” có phần không hiểu: {parts}.").format(key=key, parts=", ".join(sorted(unknown))))
    for part, wanted in PART_TYPES.items():
        if part in schema and (not isinstance(schema[part], wanted) or (wanted is not bool and isinstance(schema[part], bool))):
            raise Mistake(_("Câu hỏi “{key}”: phần {part} chưa đúng kiểu.").format(key=key, part=part))
    check_kind(schema)


PART_TYPES: dict[str, Any] = {
    "required": bool, "person": bool, "past": bool, "birth": bool, "help": str, "prefill": str, "default": str, "after": str,
    "digits": int, "min_age": int, "min": (int, float), "max": (int, float), "shown_if": dict, "required_if": dict,
    "choices": list, "accepts": list, "columns": list,
}  # fmt: skip


def check_kind(schema) -> None:
    """What the kind of a question needs beside its label."""
    key, kind = schema["key"], schema["type"]
    if kind == "choice":
        choices = schema.get("choices")
        if choices is None and schema.get("choices_from") not in LISTS:
            raise Mistake(_("Câu hỏi “{key}” chưa có lựa chọn (choices), hoặc danh mục không có.").format(key=key))
        if choices is not None and (not choices or not all(isinstance(choice, str) and choice.strip() for choice in choices)):
            raise Mistake(_("Câu hỏi “{key}”: mỗi lựa chọn phải là chữ.").format(key=key))
    if kind == "id_number" and not all(paper in PAPERS for paper in schema.get("accepts", [])):
        raise Mistake(_("Câu hỏi “{key}” nhận loại giấy tờ không hiểu (accepts).").format(key=key))
    if kind == "table":
        if not schema.get("columns"):
            raise Mistake(_("Bảng “{key}” chưa có cột (columns).").format(key=key))
        for column in schema["columns"]:
            check_question(column, in_a_row=True)
    source, _dot, name = schema.get("prefill", "").partition(".")
    if "prefill" in schema and (source not in SOURCES or not name):
        raise Mistake(_("Câu hỏi “{key}”: nguồn điền sẵn (prefill) không hiểu.").format(key=key))
    if schema.get("min", 0) > schema.get("max", float("inf")):
        raise Mistake(_("Câu hỏi “{key}”: số nhỏ nhất lớn hơn số lớn nhất.").format(key=key))


def check_references(schema, questions) -> None:
    """Every other question a question speaks of must be there, and be of use."""
    key = schema["key"]
    for part in ("shown_if", "required_if"):
        condition = schema.get(part)
        if condition is None:
            continue
        if condition.get("key") not in questions or condition["key"] == key:
            raise Mistake(_("Câu hỏi “{key}”: điều kiện {part} nói đến câu hỏi không có.").format(key=key, part=part))
        kinds = set(condition) - {"key"}
        if len(kinds) != 1 or not kinds <= {"is", "younger_than", "answered"}:
            raise Mistake(_("Câu hỏi “{key}”: điều kiện {part} không hiểu.").format(key=key, part=part))
        if "is" in condition and not isinstance(condition["is"], list):
            raise Mistake(_("Câu hỏi “{key}”: điều kiện {part} không hiểu.").format(key=key, part=part))
        if "younger_than" in condition and not isinstance(condition["younger_than"], int):
            raise Mistake(_("Câu hỏi “{key}”: điều kiện {part} không hiểu.").format(key=key, part=part))
    after = schema.get("after")
    if after is not None and (after not in questions or questions[after]["type"] != schema["type"] or schema["type"] not in DATES):
        raise Mistake(_("Câu hỏi “{key}” phải sau một ngày không có trong tờ khai (after).").format(key=key))
    if schema["type"] == "address":
        taken = [f"{key}_{part}" for part in PARTS if f"{key}_{part}" in questions]
        if taken:
            raise Mistake(_("Khóa “{key}” trùng với một phần của địa chỉ.").format(key=taken[0]))
