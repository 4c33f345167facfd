"""Who has an account, by which phone and browser they are known, and whose an ID number is."""

from accounts.models.closing import ClosingRequest
from accounts.models.device import SmsDevice
from accounts.models.dispute import Dispute, DisputeDay, DisputeDraft, DisputeEvent, DisputePhoto
from accounts.models.recovery import Recovery
from accounts.models.subscriber import Subscriber
from accounts.models.trusted import TrustedDevice
from accounts.models.user import User, UserManager, searchable

__all__ = [
    "ClosingRequest",
    "Dispute",
    "DisputeDay",
    "DisputeDraft",
    "DisputeEvent",
    "DisputePhoto",
    "Recovery",
    "SmsDevice",
    "Subscriber",
    "TrustedDevice",
    "User",
    "UserManager",
    "searchable",
]
