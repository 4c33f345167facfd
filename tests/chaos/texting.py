"""The carrier's machine, which hands texts to the short code in until it hears 200, and sometimes after it."""

import http.client
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

SECRET = "a word between the carrier and us"
# Once; once more after 200; two machines of the carrier at the same moment; the same with a text in two parts.
MANNERS = ("once", "once more", "at once", "in parts")
TALKATIVE = "84988000001"


@dataclass(frozen=True)
class Text:
    provider_id: str
    sender: str
    words: str
    in_parts: bool = False

    def fields(self) -> list[dict]:
        """What the carrier hands in: the text, or each part with the header that says where it belongs."""
        if not self.in_parts:
            return [{"from": self.sender, "text": self.words, "msgid": self.provider_id}]
        halves = (self.words[:8], self.words[8:])
        return [
            {"from": self.sender, "text": half, "msgid": f"{self.provider_id}.{number}", "udh": f"050003170{len(halves)}0{number}"}
            for number, half in enumerate(halves, start=1)
        ]


class Carrier:
    LONGEST_SECONDS = 240

    def __init__(self, url: str, seed: int):
        self.url = url
        self.chance, self.robot = random.Random(f"{seed} texting"), random.Random(f"{seed} robot")
        self.texts: list[Text] = []
        self.answers: Counter = Counter()  # by status; 0 where the line was cut
        self._lock = threading.Lock()

    def ask_about(self, codes_known, how_many: int, within: float) -> None:
        """DVC texts, each from a number of its own, about dossiers filed by then or about none."""
        moments = sorted(self.chance.uniform(0, within) for _n in range(how_many))
        begun = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            futures = []
            for moment in moments:
                time.sleep(max(0, begun + moment - time.monotonic()))
                code = self.chance.choice(codes_known() or ["H15.24.133-261118-9999"])
                words = self.chance.choice(("DVC {}", "dvc{}", "Dvc  <{}>")).format(code)
                manner = self.chance.choice(MANNERS)
                text = self._write(f"8491{len(self.texts):07d}", words, in_parts=manner == "in parts")
                futures.append(pool.submit(self.hand_in, text, manner))
            for future in futures:
                future.result()

    def chatter(self, how_many: int, within: float) -> None:
        """A number, perhaps a robot, that texts what nobody understands, many times in the same moment."""
        time.sleep(self.robot.uniform(0, within))
        texts = [self._write(TALKATIVE, f"xin chao {n}") for n in range(how_many)]
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda text: self.hand_in(text, "at once"), texts))

    def hand_in(self, text: Text, manner: str) -> None:
        errands = text.fields()
        if manner == "once more":
            for errand in errands * 2:
                self._until_heard(errand)
        elif manner == "once":
            self._until_heard(*errands)
        else:
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(self._until_heard, errands * 2))

    def _write(self, sender: str, words: str, *, in_parts: bool = False) -> Text:
        with self._lock:
            text = Text(f"smsc-{len(self.texts)}", sender, words, in_parts)
            self.texts.append(text)
        return text

    def _until_heard(self, errand: dict) -> None:
        end = time.monotonic() + self.LONGEST_SECONDS
        while time.monotonic() < end:
            status = self._ask(errand)
            self.answers[status] += 1
            # Anything else is a fault of ours, which repeating would not mend; that it was heard is held against us.
            if status not in (0, 503):
                return
            time.sleep(0.5)
        raise AssertionError(f"{errand} was not taken in {self.LONGEST_SECONDS} s: {dict(self.answers)}")

    def _ask(self, errand: dict) -> int:
        fields = errand | {"to": "8188", "charset": "UTF-8", "secret": SECRET}
        try:
            with urllib.request.urlopen(f"{self.url}/sms/mo/?{urllib.parse.urlencode(fields)}", timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code
        except (OSError, http.client.HTTPException):
            return 0
