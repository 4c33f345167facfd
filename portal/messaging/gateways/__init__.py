"""The ways an SMS leaves the house; those in use are listed in settings.SMS_GATEWAYS."""

from portal.messaging.gateways.base import SmsGateway
from portal.messaging.gateways.console import ConsoleGateway
from portal.messaging.gateways.json_api import JsonGateway
from portal.messaging.gateways.kannel import KannelGateway
from portal.messaging.gateways.memory import MemoryGateway

__all__ = ["ConsoleGateway", "JsonGateway", "KannelGateway", "MemoryGateway", "SmsGateway"]
