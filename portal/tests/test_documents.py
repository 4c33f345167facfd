"""What is written about the house agrees with the house."""

import re
import subprocess
from pathlib import Path

import pytest

from portal import env

BASE = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*BASE.glob("*.md"), *(BASE / "docs").rglob("*.md")])


def test_every_variable_is_documented_and_every_documented_one_exists():
    settings = (BASE / "portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_0-9]+)"', settings))
    read |= {f"SMS_GATEWAY_{part}" for part in env.GATEWAY_PARTS}
    table = (BASE / "docs" / "operations.md").read_text(encoding="utf-8").partition("## Environment")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`([A-Z_0-9]+)`", row)}
    assert documented - {"PROMETHEUS_MULTIPROC_DIR"} == read


def test_the_readme_tells_the_two_commands_each_in_one_line():
    lines = (BASE / "README.md").read_text(encoding="utf-8").splitlines()
    begin = "python3 -m venv .venv && . .venv/bin/activate && pip install -r "
    assert f"{begin}requirements.txt && python manage.py up" in lines
    assert f"{begin}requirements-dev.txt && pytest" in lines


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(document):
    targets = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("script", [".ci/run"])
def test_shell_scripts_parse(script):
    assert (BASE / script).stat().st_mode & 0o111
    subprocess.run(["bash", "-n", BASE / script], check=True)
