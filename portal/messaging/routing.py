"""By which gateway an SMS leaves: the first of the settings that is well, and the next one when it is not."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from portal.messaging import reports
from portal.messaging.errors import GatewayError
from portal.messaging.gateways import SmsGateway
from portal.messaging.models import Channel
from portal.messaging.outbox import URGENT
from portal.messaging.watch import Call, Watch

# No further gateway is asked for a message that has already taken so long: its lease runs.
NO_FURTHER_AFTER_SECONDS = 15
NEVER = datetime.min.replace(tzinfo=UTC)


class Router:
    """Finds the way for each SMS of one batch, knowing what the others of the batch and other workers met."""

    def __init__(self):
        self._watch = Watch(Channel.SMS)

    def send(self, row) -> str:
        """Hand one SMS over; the name of the gateway that took it. Raises GatewayError where none did.

        Its `away` says that no gateway is left to ask, for this message or any other.
        """
        started, troubles = time.monotonic(), {}
        for name, is_trial in self._ways():
            if troubles and time.monotonic() - started > NO_FURTHER_AFTER_SECONDS:
                break
            try:
                self._hand_over(row, Call(name, is_trial))
                return name
            except GatewayError as trouble:
                if trouble.permanent:
                    raise
                troubles[name] = trouble
                if trouble.doubtful and row.priority > URGENT:
                    # It may have been taken: a notice can wait for the same gateway, and is then less often
                    # doubled. Somebody is waiting for a code, who is better off with two.
                    break
        raise self._none_took_it(troubles)

    def _ways(self) -> Iterator[tuple[str, bool]]:
        """The gateways to ask, in their order, each with whether this message is its trial after a pause."""
        found = False
        for name in self._gateways:
            until = self._watch.pause_of(name)
            is_trial = until is not None
            if until is None or (until <= timezone.now() and self._watch.take_trial(name)):
                found = True
                yield name, is_trial
        if not found:
            # None is well: an impatient question costs less than a message that waits for nothing.
            for name in sorted(self._gateways, key=lambda name: self._watch.pause_of(name) or NEVER):
                yield name, False

    def _hand_over(self, row, call: Call) -> None:
        try:
            self._gateways[call.provider].send(
                to=row.recipient,
                text=row.body,
                reference=_reference(row),
                report_url=reports.address(row, call.provider),
            )
        except GatewayError as trouble:
            trouble.conceal(row.body)
            if trouble.away:
                self._watch.was_away(call, trouble)
            elif trouble.permanent:
                self._watch.went_well(call)  # it works, and says no to this one
            raise
        if call.seconds > settings.SMS_GATEWAY_SLOW_SECONDS and self._another_is_well(call.provider):
            self._watch.went_slowly(call)
        else:
            self._watch.went_well(call)

    def _another_is_well(self, name: str) -> bool:
        return any(self._watch.pause_of(other) is None for other in self._gateways if other != name)

    def _none_took_it(self, troubles: dict[str, GatewayError]) -> GatewayError:
        said = [str(trouble) for trouble in troubles.values()]
        if len(self._gateways) > 1:
            said = [f"{name}: {trouble}" for name, trouble in troubles.items()]
        return GatewayError(
            "; ".join(said),
            away=all(self._is_away(name, troubles.get(name)) for name in self._gateways),
            doubtful=any(trouble.doubtful for trouble in troubles.values()),
        )

    def _is_away(self, name: str, trouble: GatewayError | None) -> bool:
        until = self._watch.pause_of(name)
        return bool(trouble and trouble.away) or (until is not None and until > timezone.now())

    @cached_property
    def _gateways(self) -> dict[str, SmsGateway]:
        return {chosen["NAME"]: import_string(chosen["BACKEND"])(**chosen.get("OPTIONS", {})) for chosen in settings.SMS_GATEWAYS}


def _reference(row) -> str:
    """The same over all tries, so that a provider can tell a repetition; another one when officials send it again."""
    return f"{row.pk}-{row.sending}"
