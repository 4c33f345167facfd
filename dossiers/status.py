"""The status machine: the ten national codes and every move between them, as one table.

Codes and names are those of the national data standard; the moves follow NĐ 118/2025 and domain
practice. `Dossier.move` is the one door that obeys this table.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.IntegerChoices):
    DRAFT = 0, _("Đang soạn")
    SUBMITTED = 1, _("Mới đăng ký")
    RECEIVED = 2, _("Được tiếp nhận")
    REFUSED = 3, _("Không được tiếp nhận")
    PROCESSING = 4, _("Đang xử lý")
    SUPPLEMENT = 5, _("Yêu cầu bổ sung giấy tờ")
    FEE = 6, _("Yêu cầu thực hiện nghĩa vụ tài chính")
    WITHDRAWAL = 7, _("Công dân yêu cầu rút hồ sơ")
    STOPPED = 8, _("Dừng xử lý")
    DONE = 9, _("Đã xử lý xong")
    RETURNED = 10, _("Đã trả kết quả")


DRAFT, SUBMITTED, RECEIVED, REFUSED, PROCESSING = Status.DRAFT, Status.SUBMITTED, Status.RECEIVED, Status.REFUSED, Status.PROCESSING
SUPPLEMENT, FEE, WITHDRAWAL, STOPPED, DONE, RETURNED = (
    Status.SUPPLEMENT, Status.FEE, Status.WITHDRAWAL, Status.STOPPED, Status.DONE, Status.RETURNED,
)  # fmt: skip

# Where a dossier goes back to after a supplement or a declined withdrawal: on with the work once it
# was accepted, else to the desk that has not yet accepted it.
BACK = "back"


class Actor(StrEnum):
    CITIZEN = "citizen"
    RECEIVER = "receiver"
    HANDLER = "handler"
    LEADER = "leader"


CITIZEN = frozenset({Actor.CITIZEN})
DESK = frozenset({Actor.RECEIVER, Actor.LEADER})
WORK = frozenset({Actor.HANDLER, Actor.LEADER})
OFFICE = DESK | WORK


class Only(StrEnum):
    """What must also be true of the dossier."""

    ALWAYS = ""
    LAPSED_BEFORE_ACCEPTANCE = "lapsed before acceptance"
    LAPSED_AFTER_ACCEPTANCE = "lapsed after acceptance"


@dataclass(frozen=True)
class Move:
    who: frozenset
    sources: frozenset
    target: Status | str
    label: str
    only: Only = Only.ALWAYS
    reason_required: bool = False


# fmt: off
MOVES = {
    # verb                         who      from                                                       to          button                              only / reason
    "submit":              (Move(CITIZEN, frozenset({DRAFT}),                                       SUBMITTED,  _("Nộp hồ sơ")),),
    "receive":             (Move(DESK,    frozenset({SUBMITTED}),                                   RECEIVED,   _("Tiếp nhận")),),
    "refuse":              (Move(DESK,    frozenset({SUBMITTED}),                                   REFUSED,    _("Từ chối tiếp nhận"),             reason_required=True),
                            Move(DESK,    frozenset({SUPPLEMENT}),                                  REFUSED,    _("Từ chối tiếp nhận"),             Only.LAPSED_BEFORE_ACCEPTANCE, reason_required=True)),
    "process":             (Move(OFFICE,  frozenset({RECEIVED}),                                    PROCESSING, _("Chuyển xử lý")),),
    "ask_supplement":      (Move(OFFICE,  frozenset({SUBMITTED, PROCESSING}),                       SUPPLEMENT, _("Yêu cầu bổ sung"),               reason_required=True),),
    "supplement":          (Move(CITIZEN, frozenset({SUPPLEMENT}),                                  BACK,       _("Gửi giấy tờ bổ sung")),),
    "ask_fee":             (Move(WORK,    frozenset({PROCESSING}),                                  FEE,        _("Yêu cầu nộp phí, lệ phí"),       reason_required=True),),
    "confirm_fee":         (Move(OFFICE,  frozenset({FEE}),                                         PROCESSING, _("Xác nhận đã nộp phí")),),
    "withdraw":            (Move(CITIZEN, frozenset({SUBMITTED, RECEIVED, PROCESSING, SUPPLEMENT, FEE}), WITHDRAWAL, _("Rút hồ sơ"),               reason_required=True),),
    "accept_withdrawal":   (Move(OFFICE,  frozenset({WITHDRAWAL}),                                  STOPPED,    _("Đồng ý cho rút")),),
    "decline_withdrawal":  (Move(OFFICE,  frozenset({WITHDRAWAL}),                                  BACK,       _("Không đồng ý cho rút"),          reason_required=True),),
    "stop":                (Move(OFFICE,  frozenset({RECEIVED, PROCESSING, FEE}),                   STOPPED,    _("Dừng xử lý"),                    reason_required=True),
                            Move(OFFICE,  frozenset({SUPPLEMENT}),                                  STOPPED,    _("Dừng xử lý"),                    Only.LAPSED_AFTER_ACCEPTANCE, reason_required=True)),
    "finish":              (Move(WORK,    frozenset({PROCESSING, FEE}),                             DONE,       _("Xử lý xong")),),
    "return_result":       (Move(OFFICE,  frozenset({DONE}),                                        RETURNED,   _("Trả kết quả")),),
}
# fmt: on

OPEN = frozenset({SUBMITTED, RECEIVED, PROCESSING, SUPPLEMENT, FEE, WITHDRAWAL, DONE})
CLOSED = frozenset({REFUSED, STOPPED, RETURNED})
# What the citizen must do something about.
CITIZENS_TURN = frozenset({SUPPLEMENT, FEE})
# The clock stands still while the office waits for the citizen.
PAUSED = frozenset({SUPPLEMENT, FEE, WITHDRAWAL})


class NotAllowed(Exception):
    """The move is not in the table for this status and this person; its text is a sentence for people."""


def roles_of(user, dossier) -> frozenset[Actor]:
    """What a person is to a dossier: its owner, an official of its agency, or nobody.

    An official never decides the own dossier, and the rights of an administrator are no post.
    """
    if user is None or not user.is_active:
        return frozenset()
    if dossier.citizen_id == user.pk:
        return CITIZEN
    official = getattr(user, "official", None)
    if official is None or official.agency_id != dossier.agency_id or official.role not in set(Actor):
        return frozenset()
    return frozenset({Actor(official.role)})


def allowed(verb, status, roles, *, accepted=False, lapsed=False, asked_before=False) -> Move:
    """The one move of the table that these roles may make now; NotAllowed, in a sentence, where there is none."""
    if verb not in MOVES:
        raise NotAllowed(_("Không có việc này trong quy trình."))
    from_here = [move for move in MOVES[verb] if status in move.sources]
    if not from_here:
        raise NotAllowed(
            _("Hồ sơ đang ở trạng thái “{status}” nên không thực hiện được việc “{verb}”.").format(
                status=Status(status).label, verb=MOVES[verb][0].label
            )
        )
    move = from_here[0]
    if not roles & move.who:
        raise NotAllowed(_("Việc “{verb}” không thuộc phần việc của Ông/Bà đối với hồ sơ này.").format(verb=move.label))
    if move.only and not (lapsed and accepted == (move.only == Only.LAPSED_AFTER_ACCEPTANCE)):
        raise NotAllowed(_("Chỉ thực hiện được việc “{verb}” khi đã hết hạn bổ sung giấy tờ.").format(verb=move.label))
    if verb == "ask_supplement" and asked_before and Actor.LEADER not in roles:
        raise NotAllowed(_("Yêu cầu bổ sung lần thứ hai phải do lãnh đạo gửi."))
    return move


def target(move, *, accepted: bool) -> Status:
    """Where a move leads, BACK resolved."""
    if move.target == BACK:
        return PROCESSING if accepted else SUBMITTED
    return move.target
