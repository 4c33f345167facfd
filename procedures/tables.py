"""A question answered in rows: a fixed number of them without JavaScript, more by a button."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ROWS_AT_FIRST, ROWS_ADDED, MOST_ROWS = 2, 2, 30
# The button “Thêm dòng” carries this name and the key of its table.
ADD_ROW = "add_row"


class TableWidget(forms.Widget):
    template_name = "procedures/widgets/table.html"
    use_fieldset = True

    def __init__(self, columns):
        super().__init__()
        self.columns = columns
        self.fields = {column.key: column.field() for column in columns}

    def value_from_datadict(self, data, files, name):
        places = {int(found[1]) for posted in data if (found := re.fullmatch(rf"{re.escape(name)}-(\d{{1,4}})-\w+", posted))}
        rows = [
            {key: field.widget.value_from_datadict(data, files, f"{name}-{place}-{key}") for key, field in self.fields.items()}
            for place in sorted(places)
        ][:MOST_ROWS]
        return rows + [{}] * ROWS_ADDED if data.get(ADD_ROW) == name else rows

    def value_omitted_from_data(self, data, files, name):
        return not any(posted.startswith(f"{name}-") for posted in data)

    def id_for_label(self, id_, index="0"):
        return f"{id_}_0"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        rows = [row if isinstance(row, dict) else {} for row in value] if isinstance(value, list) else []
        rows += [{}] * (ROWS_AT_FIRST - len(rows))
        context["widget"]["rows"] = [self._row(name, place, row, attrs) for place, row in enumerate(rows[:MOST_ROWS])]
        context["widget"]["full"] = len(rows) >= MOST_ROWS
        return context

    def _row(self, name, place, row, attrs):
        """One row as the template draws it: each cell with its label, id and input."""
        cells = []
        for column in self.columns:
            cell_id = f"{attrs.get('id', name)}_{place}_{column.key}"
            field = self.fields[column.key]
            value = field.prepare_value(column.typed(row.get(column.key)))
            cells.append(
                {
                    "label": column.label,
                    "id": cell_id,
                    "checkbox": column.type == "checkbox",
                    "input": field.widget.render(f"{name}-{place}-{column.key}", value, attrs={"id": cell_id}),
                }
            )
        return {"id": f"{attrs.get('id', name)}_{place}", "cells": cells}


class TableField(forms.Field):
    """Gives the list of filled rows, each a stored answer by column; empty rows are left out."""

    def __init__(self, *, columns, **options):
        self.columns = columns
        super().__init__(widget=TableWidget(columns), **options)

    def clean(self, value):
        rows, mistakes = [], []
        for number, typed in enumerate(value or [], start=1):
            if not isinstance(typed, dict) or not any(typed.values()):
                continue
            row, wrong = self._clean_row(typed)
            rows.append(row)
            mistakes += [_("Dòng {n}: {message}").format(n=number, message=message[:1].lower() + message[1:]) for message in wrong]
        if mistakes:
            raise ValidationError(mistakes)
        if self.required and not rows:
            raise ValidationError(self.error_messages["required"], code="required")
        return rows

    def _clean_row(self, typed):
        row, wrong = {}, []
        for column in self.columns:
            field = self.widget.fields[column.key]
            try:
                value = field.clean(typed.get(column.key))
            except ValidationError as mistake:
                wrong += mistake.messages
                continue
            if why := column.mistake(value):
                wrong.append(why)
            elif value not in (None, "", False):
                row[column.key] = column.stored(value)
        return row, wrong
