"""What was sent to a person, for the archive of their data; named in settings because `accounts` builds it."""

from portal.messaging import kinds, received


def sent(user):
    """Every message to the person's own addresses; the texts of those that held a code or a password are told of nobody."""
    return {"tin_da_gui": [_told(message) for message in received.by(user)]}, []


def _told(message) -> dict:
    return {
        "loai": str(kinds.name(message.kind)),
        "kenh": message.get_channel_display(),
        "nguoi_nhan": message.recipient,
        "trang_thai": message.get_state_display(),
        "bao_cao": message.get_report_display(),
        "tao_luc": message.created_at,
        "gui_luc": message.sent_at,
        "tieu_de": "" if message.secret else message.subject,
        "noi_dung": "" if message.secret else message.body,
    }
