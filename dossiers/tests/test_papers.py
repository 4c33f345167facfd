import pytest

from dossiers import papers
from dossiers.models import Attachment
from dossiers.tests.make import make_draft
from procedures.tests.make import make_procedure


def attach(draft, document, state=Attachment.State.READY, kind="image/jpeg", **fields):
    return Attachment.objects.create(
        dossier=draft, document=document, file="x", original_name="x", content_type=kind, size=1, state=state, **fields
    )


@pytest.fixture
def draft(lan):
    divorce = {"name": "Bản án ly hôn", "need": "conditional", "condition": "nếu đã ly hôn"}
    card = {"name": "Thẻ Căn cước", "only_shown": True}
    procedure = make_procedure("Đăng ký kết hôn", documents=["Tờ khai", "Giấy xác nhận", divorce, card])
    return make_draft(lan, procedure)


def test_papers_stand_in_the_order_of_the_catalogue(draft):
    assert [(paper.number, paper.name, paper.required, paper.conditional, paper.only_shown) for paper in papers.of(draft)] == [
        (1, "Tờ khai", True, False, False),
        (2, "Giấy xác nhận", True, False, False),
        (3, "Bản án ly hôn", False, True, False),
        (4, "Thẻ Căn cước", False, False, True),
    ]


def test_filing_for_another_makes_the_mandate_required(draft):
    draft.for_other = True
    mandate = papers.of(draft)[-1]
    assert (mandate.slug, mandate.name, mandate.required, mandate.missing) == ("uy-quyen", "Giấy ủy quyền", True, True)
    attach(draft, None)
    assert not papers.of(draft)[-1].missing


def test_a_mandate_named_by_the_catalogue_is_not_asked_for_twice(lan):
    named = {"name": "Văn bản ủy quyền (được chứng thực)", "need": "conditional", "condition": "khi ủy quyền"}
    draft = make_draft(lan, make_procedure("Đăng ký khai tử", documents=["Giấy báo tử", named]), for_other=True)
    assert [(paper.name, paper.required, paper.conditional) for paper in papers.of(draft)] == [
        ("Giấy báo tử", True, False),
        ("Văn bản ủy quyền (được chứng thực)", True, False),
    ]
    draft.for_other = False
    assert [paper.required for paper in papers.of(draft)] == [True, False]


def test_only_required_papers_are_missing_and_a_refused_file_counts_for_nothing(draft):
    first, second, *_others = draft.version.documents.all()
    assert [paper.name for paper in papers.missing(papers.of(draft))] == ["Tờ khai", "Giấy xác nhận"]
    attach(draft, first, Attachment.State.CHECKING)
    attach(draft, second, Attachment.State.REFUSED)
    assert [paper.name for paper in papers.missing(papers.of(draft))] == ["Giấy xác nhận"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], ("Chưa có", "warn")),
        ([("ready", "image/jpeg"), ("ready", "image/png")], ("Đã có 2 ảnh", "done")),
        ([("ready", "application/pdf")], ("Đã có 1 tệp PDF", "done")),
        ([("ready", "application/pdf"), ("ready", "image/png")], ("Đã có 2 tệp", "done")),
        ([("checking", "image/jpeg")], ("Đang kiểm tra", "active")),
        ([("ready", "image/jpeg"), ("refused", "image/jpeg")], ("Không nhận được", "error")),
    ],
)
def test_the_pill_says_where_a_paper_stands(draft, files, said):
    document = draft.version.documents.first()
    for state, kind in files:
        attach(draft, document, state, kind)
    status = papers.of(draft)[0].status
    assert (status["word"], status["css"]) == said


def test_the_papers_cost_two_queries(draft, django_assert_num_queries):
    for document in draft.version.documents.all():
        attach(draft, document)
    with django_assert_num_queries(2):
        papers.of(draft)
