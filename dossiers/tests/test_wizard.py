import pytest

from dossiers import wizard
from dossiers.tests.make import make_draft
from procedures.tests.make import DECLARATION, make_procedure

ALL = ["co-quan", "nguoi-nop", "giay-to", "nhan-ket-qua", "kiem-tra"]


@pytest.fixture
def draft(lan, birth):
    return make_draft(lan, birth)


def slugs(steps):
    return [step.slug for step in steps]


def test_there_are_five_steps_and_six_with_a_declaration(draft, lan):
    assert slugs(wizard.steps_for(draft)) == ALL
    declared = make_draft(lan, make_procedure(declaration=DECLARATION))
    assert slugs(wizard.steps_for(declared)) == ["co-quan", "nguoi-nop", "don", "giay-to", "nhan-ket-qua", "kiem-tra"]
    assert wizard.find(draft, "don") is None


@pytest.mark.parametrize("done", range(5))
def test_only_done_steps_and_the_next_one_may_be_entered(draft, done):
    draft.steps_done = ALL[:done]
    assert wizard.first_unfinished(draft).slug == ALL[done]
    assert [slug for slug in ALL if wizard.may_enter(draft, slug)] == ALL[: done + 1]


def test_a_step_done_out_of_order_opens_nothing(draft):
    draft.steps_done = ["nhan-ket-qua"]
    assert not wizard.may_enter(draft, "kiem-tra")
    assert not wizard.may_enter(draft, "linh-tinh")


def test_steps_know_their_neighbours_and_number(draft):
    steps = wizard.steps_for(draft)
    assert wizard.before(draft, steps[0]) is None
    assert wizard.before(draft, steps[2]).slug == "nguoi-nop"
    assert wizard.after(draft, steps[1]).slug == "giay-to"
    assert wizard.after(draft, steps[-1]) == steps[-1]
    assert wizard.number(draft, steps[2]) == 3


def test_a_reopened_step_closes_those_behind_it(draft):
    draft.steps_done = ALL[:4]
    wizard.reopen(draft, "giay-to")
    assert draft.steps_done == ["co-quan", "nguoi-nop", "nhan-ket-qua"]
    assert wizard.first_unfinished(draft).slug == "giay-to"


def test_endless_typing_is_not_kept(draft, rf):
    from dossiers import forms

    step = wizard.find(draft, "nguoi-nop")
    data = rf.post("/", {"address": "a" * wizard.TYPED_LIMIT}).POST
    wizard.keep(draft, step, forms.for_step(draft, step, data))
    draft.refresh_from_db()
    assert draft.typed == {}


def test_a_stranger_cannot_hold_a_draft(draft, minh, lan):
    assert wizard.locked(draft.key, minh) is None
    assert wizard.locked(draft.key, lan) == draft
