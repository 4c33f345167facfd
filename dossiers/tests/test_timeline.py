from types import SimpleNamespace

from dossiers import timeline
from dossiers.status import Status


def event(verb, to_status, note=""):
    return SimpleNamespace(verb=verb, to_status=to_status, at="lúc ấy", office="Một cửa", spoken_office="Một cửa", note=note)


def dossier(status, accepted_at=None):
    return SimpleNamespace(status=status, accepted_at=accepted_at)


def test_the_last_move_of_an_open_dossier_is_now_and_the_usual_path_follows():
    moves = [event("submit", Status.SUBMITTED), event("receive", Status.RECEIVED)]
    entries = timeline.of(dossier(Status.RECEIVED, "hôm qua"), moves, with_reasons=False)
    assert [(entry.title, entry.css) for entry in entries] == [
        ("Đã nộp, chờ tiếp nhận", ""),
        ("Được tiếp nhận", "now"),
        ("Đang xử lý", "upcoming"),
        ("Đã xử lý xong", "upcoming"),
        ("Đã trả kết quả", "upcoming"),
    ]


def test_a_closed_dossier_has_nothing_to_come():
    moves = [event("submit", Status.SUBMITTED), event("refuse", Status.REFUSED)]
    entries = timeline.of(dossier(Status.REFUSED), moves, with_reasons=False)
    assert [(entry.title, entry.css) for entry in entries] == [("Đã nộp, chờ tiếp nhận", ""), ("Không được tiếp nhận", "")]


def test_reasons_are_left_out_unless_they_were_opened():
    moves = [event("submit", Status.SUBMITTED), event("ask_supplement", Status.SUPPLEMENT, "Ảnh mờ")]
    closed = timeline.of(dossier(Status.SUPPLEMENT), moves, with_reasons=False)
    opened = timeline.of(dossier(Status.SUPPLEMENT), moves, with_reasons=True)
    assert [entry.note for entry in closed if entry.css != "upcoming"] == ["", ""]
    assert [entry.note for entry in opened if entry.css != "upcoming"] == ["", "Ảnh mờ"]


def test_a_supplement_before_acceptance_still_has_acceptance_to_come():
    moves = [event("submit", Status.SUBMITTED), event("ask_supplement", Status.SUPPLEMENT)]
    before = timeline.of(dossier(Status.SUPPLEMENT), moves, with_reasons=False)
    after = timeline.of(dossier(Status.SUPPLEMENT, "hôm qua"), moves, with_reasons=False)
    assert next(entry.title for entry in before if entry.css == "upcoming") == "Được tiếp nhận"
    assert next(entry.title for entry in after if entry.css == "upcoming") == "Đã xử lý xong"
