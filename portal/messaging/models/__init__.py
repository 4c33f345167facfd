"""All messages out and in."""

from portal.messaging.models.channel import Channel
from portal.messaging.models.inbox import InboxCopy
from portal.messaging.models.incoming import IncomingPart, IncomingSms
from portal.messaging.models.outgoing import FORGOTTEN, OutgoingMessage
from portal.messaging.models.provider import ProviderHealth

__all__ = ["FORGOTTEN", "Channel", "InboxCopy", "IncomingPart", "IncomingSms", "OutgoingMessage", "ProviderHealth"]
