"""The data in data/, and how they are loaded."""

import re
import unicodedata
from io import StringIO

import pytest
from django.core.management import call_command

from procedures import catalogue
from procedures.models import Agency, Fee, Procedure, ProcedureVersion, RequiredDocument
from procedures.tests.make import make_version

RECEIPT = re.compile(r"^([A-Z]\d{2}(\.\d{1,3}){0,3}|(\d{2,3}\.){3}[A-Z]\d{2})-\d{6}-\d{4,7}$")


@pytest.mark.parametrize(("province", "agencies", "communes"), [("H15", 120, 102), ("H17", 112, 94)])
def test_every_agency_has_an_identifier_of_its_own_in_the_legal_form(province, agencies, communes):
    rows = catalogue.agencies_of(province)
    identifiers = [row["identifier"] for row in rows]
    assert (len(rows), sum(row["level"] == "commune" for row in rows)) == (agencies, communes)
    assert len(set(identifiers)) == len(identifiers)
    assert all(RECEIPT.fullmatch(f"{identifier}-261122-0007") for identifier in identifiers)
    assert [row["key"] for row in rows if not row["identifier_is_placeholder"]] == [province]


def test_a_commune_without_an_identifier_bears_its_administrative_code():
    row = next(row for row in catalogue.agencies_of("H15") if row["admin_code"] == "24133")
    assert (row["identifier"], row["identifier_is_placeholder"], row["name_verified"]) == ("H15.24.133", True, True)


def test_all_data_are_written_in_one_spelling_of_each_letter():
    for path in catalogue.DATA.rglob("*.json"):
        assert unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(("province", "other"), [("H15", "H17"), ("H17", "H15")])
def test_every_procedure_of_the_country_and_of_the_province_loads(db, province, other):
    entries = catalogue.read_json(catalogue.DATA / "procedures.json")
    assert len(entries) == 54
    counts = catalogue.load(province)
    expected = {entry["code"] for entry in entries if entry["province"] != other}
    assert counts["procedures"] == len(expected)
    assert set(Procedure.objects.filter(current__isnull=False).values_list("code", flat=True)) == expected
    assert RequiredDocument.objects.count() == sum(len(entry["documents"]) for entry in entries if entry["province"] != other)
    assert Fee.objects.count() == sum(len(entry["fees"]) for entry in entries if entry["province"] != other)
    for version in ProcedureVersion.objects.all():
        version.full_clean()
        assert version.published_at
        assert version.possible_agencies().exists() or version.agency_rule == "outside"


def test_loading_again_writes_nothing(db, django_assert_num_queries):
    catalogue.load("H15")
    before = list(ProcedureVersion.objects.order_by("pk").values())
    counts = catalogue.load("H15")
    assert (counts["agencies_written"], counts["versions_written"]) == (0, 0)
    assert list(ProcedureVersion.objects.order_by("pk").values()) == before


def test_changed_data_become_a_new_version_and_the_old_one_stays(db, monkeypatch):
    catalogue.load("H15")
    read = catalogue.read_json

    def changed(path):
        data = read(path)
        if path.name == "procedures.json":
            next(entry for entry in data if entry["code"] == "1.001193")["fee_vnd"] = 8000
        return data

    monkeypatch.setattr(catalogue, "read_json", changed)
    assert catalogue.load("H15")["versions_written"] == 1
    birth = Procedure.objects.get(code="1.001193")
    assert list(birth.versions.order_by("number").values_list("number", "fee_vnd")) == [(1, 0), (2, 8000)]
    assert birth.current.number == 2
    assert birth.versions.get(number=1).valid_to is not None


def test_what_officials_keep_is_not_loaded_over(db):
    catalogue.load("H15")
    birth = Procedure.objects.get(code="1.001193")
    birth.synonyms = "em bé chào đời"
    birth.save()
    mine = make_version(birth, name="Bản của cán bộ")
    assert catalogue.load("H15")["versions_written"] == 0
    birth.refresh_from_db()
    assert (birth.synonyms, birth.current) == ("em bé chào đời", mine)


def test_a_renamed_agency_is_renamed_and_nothing_else(db):
    catalogue.load("H15")
    Agency.objects.filter(key="H15.X.24133").update(name="Tên cũ")
    assert catalogue.load("H15")["agencies_written"] == 1
    assert Agency.objects.get(key="H15.X.24133").name == "Ủy ban nhân dân phường Buôn Ma Thuột"


def test_police_procedures_belong_to_another_system():
    handed = {entry["code"] for entry in catalogue.procedures_of("H15") if entry["hand_off"]}
    assert handed == {"1.004222", "1.004194", "1.010038", "1.014061", "3.000347", "3.000333"}


def test_procedures_of_one_province_are_not_shown_in_the_other():
    assert "3.000610" not in {entry["code"] for entry in catalogue.procedures_of("H15")}
    assert {entry["code"] for entry in catalogue.procedures_of("H17")}.isdisjoint({"1.115324", "1.115246", "1.115270", "1.011327"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fee_vnd": 700}, "a fee of 700 đồng is a slip of the unit"),
        ({"agency_rule": "nobody"}, "agency_rule “nobody” is none of"),
        ({"agency_rule": "listed", "agencies": []}, "names no agency"),
        ({"agency_rule": "outside", "outside": ""}, "does not say where"),
        ({"declaration": [{"title": "x", "fields": [{"key": "a"}]}]}, "chưa có nhãn (label)"),
    ],
)
def test_data_that_would_mislead_are_refused_in_a_sentence(change, words):
    entry = catalogue.procedures_of("H15")[0] | change
    with pytest.raises(catalogue.DataError, match=r"^1\.001193: ") as refused:
        catalogue.examine(entry)
    assert words in str(refused.value)


def test_the_command_says_what_it_did_in_one_line(db):
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    assert out.getvalue() == "120 agencies (120 written), 53 procedures (53 new versions), 12 declaration forms.\n"


def test_the_lists_are_whole():
    peoples = catalogue.read_json(catalogue.DATA / "ethnic_groups.json")
    countries = catalogue.read_json(catalogue.DATA / "countries.json")
    assert (len(set(peoples)), peoples[0]) == (54, "Kinh")
    assert (countries[0], len(set(countries))) == ("Việt Nam", len(countries))
