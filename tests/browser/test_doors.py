"""Each way in leads to a filed dossier, and opens without a script too; no violation on any page passed."""

import re

import pytest

from tests.browser import doors, steps
from tests.browser.test_main_job import PASSWORD, file_a_birth, mirrored, tracked

pytestmark = pytest.mark.browser

DOORS = {
    "mobile": (doors.register_by_mobile, {"full_name": "H’Bia Byă", "cccd": "066195004321", "born": "09/11/1995", "phone": "0999 555 101"}),
    "sms": (doors.register_by_sms, {"full_name": "Nong Van Den", "cccd": "066088007654", "born": "02/09/1988", "phone": "0999 555 202"}),
    "national": (doors.enter_by_national_portal, None),
}


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
@pytest.mark.parametrize("door", DOORS)
def test_each_door_leads_to_a_filed_dossier(site, open_context, axe, door, script):
    page, mirror = open_context(java_script_enabled=script).new_page(), open_context().new_page()

    def check(page=page):
        violations = axe(page if script else mirrored(page, mirror))
        assert violations == [], f"{page.url}: {violations}"

    enter, person = DOORS[door]
    if person is None:
        # One who has no account here yet, and one who is linked to theirs.
        person = dict(site.people()["national"][-1 if script else 0])
    else:
        person = person | {"password": PASSWORD}
        if not script:  # another person by the same door
            person |= {"cccd": person["cccd"][:-1] + "9", "phone": person["phone"][:-1] + "9"}
    enter(page, site, person, check)
    if not script:  # the rest of the way without one is the main job's
        page.get_by_role("link", name="Nộp hồ sơ").first.click()
        steps.reads(page, "Hồ sơ của tôi")
        return
    code = file_a_birth(page, site, person, check, script)
    assert re.fullmatch(r"H15\.24\.133-\d{6}-\d{4}", code)
    assert tracked(page, site, code, check) == "Đã nộp, chờ tiếp nhận"
