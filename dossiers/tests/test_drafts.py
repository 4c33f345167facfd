from datetime import datetime

import pytest
from django.utils import timezone

from dossiers import drafts
from dossiers.tests.make import make_draft


def test_drafts_are_listed_with_the_last_touched_first(lan, birth, agency):
    older, newer = make_draft(lan, birth), make_draft(lan, birth, steps_done=["co-quan"])
    assert drafts.of(lan) == [newer, older]
    assert [draft.next_step.slug for draft in drafts.of(lan)] == ["nguoi-nop", "co-quan"]


@pytest.mark.parametrize(
    ("touched", "said"),
    [((2026, 11, 24, 0, 1), "hôm nay"), ((2026, 11, 23, 23, 59), "hôm qua"), ((2026, 11, 20, 12, 0), "4 ngày trước")],
)
def test_the_age_of_a_draft_is_said_in_days(touched, said):
    now = timezone.make_aware(datetime(2026, 11, 24, 8, 0))
    assert drafts.age(timezone.make_aware(datetime(*touched)), now) == said
