"""Bring the catalogue in data/ into the database: only what is new or changed is written."""

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from portal.text import folded
from procedures import declaration
from procedures.models import Agency, AgencyRule, Fee, Procedure, ProcedureVersion, RequiredDocument

DATA = Path(__file__).parent / "data"
# National data hold slips of the unit: 700 where 700,000 đồng is meant.
LEAST_FEE = 1000
AGENCY_FIELDS = ("identifier", "identifier_is_placeholder", "name", "short_name", "level", "kind", "admin_code", "name_verified")
PROCEDURE_FIELDS = ("short_name", "field", "level")
VERSION_FIELDS = (
    "name", "agency_text", "agency_rule", "outside", "hand_off", "audience", "service_level", "channels", "takes_online",
    "fee_vnd", "fee_case", "fee_note", "results", "steps", "conditions", "legal_basis", "publication_decision", "note",
    "verified_fields", "source", "source_seen", "declaration",
)  # fmt: skip


class DataError(ValueError):
    """The data cannot be loaded; the sentence says which entry and why."""


def read_json(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def agencies_of(province: str) -> list[dict]:
    return read_json(DATA / f"agencies_{province}.json")


def procedures_of(province: str) -> list[dict]:
    """The procedures of the whole country and of this province, each with its declaration form."""
    entries = [entry for entry in read_json(DATA / "procedures.json") if entry["province"] in (None, province)]
    for entry in entries:
        form = DATA / "declarations" / f"{entry['code']}.json"
        entry["declaration"] = read_json(form) if form.exists() else []
        entry["agencies"] = [f"{province}.{suffix}" for suffix in entry["agencies"]]
        examine(entry)
    return entries


def examine(entry: dict) -> None:
    """Refuse an entry that would mislead a citizen or fail on the page."""
    code = entry["code"]
    try:
        declaration.check(entry["declaration"])
    except declaration.Mistake as mistake:
        raise DataError(f"{code}: {mistake}") from None
    for amount in [entry["fee_vnd"], *(fee["amount_vnd"] for fee in entry["fees"])]:
        if amount and amount < LEAST_FEE:
            raise DataError(f"{code}: a fee of {amount} đồng is a slip of the unit; write it in đồng.")
    if entry["agency_rule"] not in AgencyRule.values:
        raise DataError(f"{code}: agency_rule “{entry['agency_rule']}” is none of {', '.join(AgencyRule.values)}.")
    if "listed" in entry["agency_rule"] and not entry["agencies"]:
        raise DataError(f"{code}: agency_rule “{entry['agency_rule']}” names no agency.")
    if entry["agency_rule"] == AgencyRule.OUTSIDE and not entry["outside"]:
        raise DataError(f"{code}: it is resolved outside the province’s agencies, but `outside` does not say where.")


@transaction.atomic
def load(province: str) -> dict[str, int]:
    """Load agencies, procedures and versions; returns how many stand, and how many were written."""
    entries = procedures_of(province)
    agencies, agencies_written = load_agencies(agencies_of(province))
    procedures = load_procedures(entries)
    return {
        "agencies": len(agencies),
        "agencies_written": agencies_written,
        "procedures": len(entries),
        "versions_written": load_versions(entries, procedures, agencies),
        "forms": sum(bool(entry["declaration"]) for entry in entries),
    }


def load_agencies(rows) -> tuple[dict[str, Agency], int]:
    """The agencies by key, and how many of them were written. Parents stand before their children in the file."""
    known = {agency.key: agency for agency in Agency.objects.filter(key__in=[row["key"] for row in rows])}
    new, changed = [], []
    for row in rows:
        agency = known.setdefault(row["key"], Agency(key=row["key"]))
        fields = {name: row[name] for name in AGENCY_FIELDS} | {"sort_key": folded(row["name"])}
        if agency.pk is None:
            new.append(agency)
        elif any(getattr(agency, name) != value for name, value in fields.items()):
            changed.append(agency)
        for name, value in fields.items():
            setattr(agency, name, value)
    Agency.objects.bulk_create(new)
    Agency.objects.bulk_update(changed, [*AGENCY_FIELDS, "sort_key"])
    moved = []
    for row in rows:
        agency, parent = known[row["key"]], known[row["parent"]] if row["parent"] else None
        if agency.parent_id != (parent and parent.pk):
            agency.parent = parent
            moved.append(agency)
    Agency.objects.bulk_update(moved, ["parent"])
    return known, len({agency.pk for agency in (*new, *changed, *moved)})


def load_procedures(entries) -> dict[str, Procedure]:
    """The procedures by code. Synonyms, once loaded, are kept by the officials and not touched again."""
    known = {procedure.code: procedure for procedure in Procedure.objects.select_related("current")}
    new, changed = [], []
    for entry in entries:
        fields = {name: entry[name] for name in PROCEDURE_FIELDS}
        procedure = known.get(entry["code"])
        if procedure is None:
            procedure = known[entry["code"]] = Procedure(code=entry["code"], synonyms="\n".join(entry["synonyms"]))
            new.append(procedure)
        elif any(getattr(procedure, name) != value for name, value in fields.items()):
            changed.append(procedure)
        for name, value in fields.items():
            setattr(procedure, name, value)
        procedure.index()
    Procedure.objects.bulk_create(new)
    Procedure.objects.bulk_update(changed, [*PROCEDURE_FIELDS, "search_text", "spelt_text", "sort_key"])
    return known


def load_versions(entries, procedures, agencies) -> int:
    """A new version in force wherever the data say something they did not say before; returns how many."""
    versions = ProcedureVersion.objects.values_list("procedure_id", "number", "digest")
    seen = {(procedure, digest) for procedure, _number, digest in versions}
    last = {}
    for procedure, number, _digest in versions:
        last[procedure] = max(number, last.get(procedure, 0))
    fresh = []
    for entry in entries:
        procedure = procedures[entry["code"]]
        version = version_of(entry, procedure, number=last.get(procedure.pk, 0) + 1)
        if (procedure.pk, version.digest) not in seen:
            fresh.append((entry, version))
    ProcedureVersion.objects.bulk_create(version for _entry, version in fresh)
    RequiredDocument.objects.bulk_create(
        RequiredDocument(version=version, position=position, **document)
        for entry, version in fresh
        for position, document in enumerate(entry["documents"], start=1)
    )
    Fee.objects.bulk_create(Fee(version=version, **dated(fee)) for entry, version in fresh for fee in entry["fees"])
    link = ProcedureVersion.agencies.through
    link.objects.bulk_create(link(procedureversion=version, agency=agencies[key]) for entry, version in fresh for key in entry["agencies"])
    put_in_force([version for _entry, version in fresh])
    return len(fresh)


def version_of(entry, procedure, *, number) -> ProcedureVersion:
    term = entry["term"]
    return ProcedureVersion(
        procedure=procedure,
        number=number,
        digest=digest_of(entry),
        term_quantity=term["quantity"],
        term_unit=term["unit"],
        term_cutoff_hour=term["cutoff_hour"],
        term_cases=term["cases"],
        **{name: entry[name] for name in VERSION_FIELDS},
    )


def digest_of(entry) -> str:
    """One number for all that a version says; what belongs to the procedure itself is left out."""
    said = {name: value for name, value in entry.items() if name not in (*PROCEDURE_FIELDS, "code", "province", "synonyms")}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def dated(fee) -> dict:
    days = {name: date.fromisoformat(fee[name]) if fee[name] else None for name in ("valid_from", "valid_to")}
    return fee | days | {"basis": fee["basis"] or ""}


def put_in_force(versions):
    """What ProcedureVersion.publish does, for many at once."""
    now = timezone.now()
    today = timezone.localdate(now)
    before = [version.procedure.current_id for version in versions if version.procedure.current_id]
    ProcedureVersion.objects.filter(pk__in=before).update(valid_to=today - timedelta(days=1))
    ProcedureVersion.objects.filter(pk__in=[version.pk for version in versions]).update(published_at=now, valid_from=today)
    for version in versions:
        version.procedure.current = version
        version.procedure.index()
    Procedure.objects.bulk_update([version.procedure for version in versions], ["current", "search_text", "spelt_text"])
