"""Every kind of message that the code posts has a name that officials and citizens read."""

import ast
from pathlib import Path

from django.conf import settings

from dossiers import notices
from portal.messaging import kinds

BASE = Path(settings.BASE_DIR)
ROOMS = ("accounts", "dossiers", "portal", "procedures", "tracking")
# Where a kind comes from another place of the code than the call that posts it, and how it is found there.
HANDED_ON = {
    "accounts/notices.py": lambda tree: first_arguments(tree, "_post", "_mail", "_everywhere"),
    "dossiers/notices.py": lambda tree: {f"dossier.{name}" for name in notices.TEMPLATES.values()},
    "portal/messaging/inbound.py": lambda tree: set(constants(named_kinds(tree))),
    "portal/messaging/backends.py": lambda tree: {"letter"},
    "portal/messaging/outbox.py": lambda tree: set(),  # the door that all of them go through
}


def sources():
    for room in ROOMS:
        for path in sorted((BASE / room).rglob("*.py")):
            if "tests" not in path.parts:
                yield str(path.relative_to(BASE)), path.read_text(encoding="utf-8")


def calls(tree, *names):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in names]


def named_kinds(tree, *names):
    """What calls are given as `kind`: those of these functions, or all of them."""
    wanted = calls(tree, *names) if names else [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [keyword.value for call in wanted for keyword in call.keywords if keyword.arg == "kind"]


def constants(values):
    return [value.value for value in values if isinstance(value, ast.Constant)]


def first_arguments(tree, *names):
    return set(constants(call.args[0] for call in calls(tree, *names) if call.args))


def posted():
    """Each kind, and the files that post one without saying here which."""
    found, unknown = set(), []
    for name, source in sources():
        if "outbox" not in source and name not in HANDED_ON:
            continue
        tree = ast.parse(source)
        posts = calls(tree, "outbox.post", "outbox.write")
        given = named_kinds(tree, "outbox.post", "outbox.write")
        found |= set(constants(given))
        if name in HANDED_ON:
            found |= HANDED_ON[name](tree)
        elif len(constants(given)) < len(posts):
            unknown.append(name)
    return found, unknown


def test_every_kind_that_is_posted_has_a_name_and_every_name_is_posted():
    found, unknown = posted()
    assert unknown == []
    assert found == set(kinds.NAMES)


def test_a_kind_without_a_name_is_called_a_notice():
    assert kinds.name("of a later version") == "Thông báo"
