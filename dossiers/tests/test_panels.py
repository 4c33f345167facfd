import pytest
from django.urls import reverse

from dossiers import panels
from dossiers.status import Status
from dossiers.tests.make import make_dossier, make_draft
from portal.messaging import outbox


def test_the_panel_holds_the_newest_five_with_where_each_stands_and_no_draft(lan, minh, birth, agency):
    make_draft(lan, birth)
    make_dossier(minh, birth, agency)
    made = [make_dossier(lan, birth, agency, Status.PROCESSING) for _ in range(6)]
    rows = panels.mine(lan)["context"]["rows"]
    assert [row["dossier"] for row in rows] == list(reversed(made))[:5]
    assert {row["status"].word for row in rows} == {"Đang xử lý"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_account_page_costs_the_same_for_one_and_three(client, lan, birth, agency, count, django_assert_num_queries):
    for n in range(count):
        make_dossier(lan, birth, agency)
        outbox.write(event=f"test:{n}", kind="dossier.submitted", channel="email", recipient=lan.email, subject="Đã nộp", body="…")
    client.force_login(lan)
    with django_assert_num_queries(10):
        page = client.get(reverse("accounts:profile")).content.decode()
    assert page.count("Đăng ký khai sinh") == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_filed_dossier_costs_the_same_for_one_and_three_papers(client, lan, hoa, birth, agency, count, django_assert_num_queries):
    dossier = make_dossier(lan, birth, agency)
    document = dossier.version.documents.get()
    for n in range(count):
        dossier.attachments.create(document=document, file=f"x{n}", original_name=f"{n}.jpg", content_type="image/jpeg", size=1)
    client.force_login(lan)
    with django_assert_num_queries(9):
        client.get(reverse("dossiers:detail", args=[dossier.receipt_code]))
