"""Vietnamese text as people type it: marks, đ, phone numbers, receipt codes."""

import re
import unicodedata

# Letters that carry no combining mark, so decomposition alone would leave them.
PLAIN = str.maketrans({"đ": "d", "Đ": "D", "ƀ": "b", "Ƀ": "B"})


def unaccented(text: str) -> str:
    """“Đăng ký khai sinh” → “Dang ky khai sinh”: every mark and đ replaced, case kept."""
    decomposed = unicodedata.normalize("NFD", text.translate(PLAIN))
    return "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")


def folded(text: str) -> str:
    """The form in which texts are searched: unaccented, lower case, single spaces."""
    return " ".join(unaccented(text).casefold().split())


def nfc(text: str) -> str:
    """One spelling of each accented letter, and single spaces, as every stored text has."""
    return " ".join(unicodedata.normalize("NFC", text).split())


HEADING_LENGTH = 70


def heading(name: str) -> str:
    """The first clause of a long official name, whole words or kinds only: what a heading can hold."""
    if len(name) <= HEADING_LENGTH:
        return name
    clause = re.split(r"[;(]", name)[0].strip(" ,.")
    if len(clause) <= HEADING_LENGTH:
        return clause
    beginning = clause[:HEADING_LENGTH]
    return beginning.rsplit("/" if "/" in beginning else " ", 1)[0].rstrip(" ,") + "…"


MOBILE = re.compile(r"(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])\d{7}", re.ASCII)
# Prefixes of the 11-digit numbers renumbered in 2018, and what each became.
RENUMBERED_2018 = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",  # MobiFone
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",  # VinaPhone
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip


def e164(phone: str) -> str:
    """A Vietnamese mobile number in any spelling as +84…; ValueError where it is none."""
    digits = re.sub(r"[\s.()\-]", "", phone)
    national = re.sub(r"^(?:\+84|0084|84(?=\d{9,10}$)|0)", "", digits)
    if len(national) == 10 and national[:3] in RENUMBERED_2018:
        national = RENUMBERED_2018[national[:3]] + national[3:]
    if not MOBILE.fullmatch(national):
        raise ValueError(f"not a Vietnamese mobile number: {len(national)} digits after the prefix")
    return "+84" + national


def spoken_phone(phone: str) -> str:
    """+84912345678 → 0912 345 678, as people read a number aloud."""
    if not re.fullmatch(r"\+84\d{9}", phone):
        return phone
    local = "0" + phone[3:]
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def masked_phone(phone: str) -> str:
    """+84912345678 → 091* *** 678: enough to recognise, too little to call."""
    local = spoken_phone(phone)
    return f"{local[:3]}* *** {local[-3:]}" if len(local) == 12 else "*" * len(local)


def masked_email(address: str) -> str:
    """lan.nie@example.com → l***@example.com."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}***{at}{host}"


def masked_id(number: str) -> str:
    """066080001234 → 0660 **** 1234."""
    return f"{number[:4]} **** {number[-4:]}" if len(number) == 12 else f"{number[:2]} **** {number[-3:]}"


def masked_name(name: str) -> str:
    """“H’Lan Niê” → “H’L** N**”: the first letter of each word, two where an apostrophe follows it."""
    words = []
    for word in name.split():
        kept = re.match(r"\w[’'ʼ]\w|\w", word)
        words.append((kept.group() if kept else "") + "**")
    return " ".join(words)
