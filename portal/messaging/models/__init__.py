"""All messages out and in."""

from portal.messaging.models.channel import Channel
from portal.messaging.models.inbox import InboxCopy
from portal.messaging.models.incoming import IncomingPart, IncomingSms
from portal.messaging.models.outgoing import OutgoingMessage
from portal.messaging.models.provider import ProviderHealth

__all__ = ["Channel", "InboxCopy", "IncomingPart", "IncomingSms", "OutgoingMessage", "ProviderHealth"]
