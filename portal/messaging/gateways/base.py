"""What a way out for SMS must do."""

from abc import ABC, abstractmethod


class SmsGateway(ABC):
    """Hands one text to a provider; returning means the provider has taken it."""

    @abstractmethod
    def send(self, *, to: str, text: str, reference: str, report_url: str = "") -> None:
        """Raise GatewayError where the text was not taken. A retry has the same `reference`.

        What becomes of the text later is to be reported at `report_url`, where one is given.
        """
