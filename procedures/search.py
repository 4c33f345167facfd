"""Find a procedure by what people type: without accents, đ or d, “đăng kí” or “đăng ký”, abbreviations.

Each word typed must begin a word of the procedure, its code, its field or its synonyms. Plain LIKE on
one folded column is fast enough by far for a catalogue, and needs no extension of PostgreSQL.
"""

import re
import unicodedata

from django.db.models import Case, IntegerField, Q, Value, When

from portal.text import folded

MOST_WORDS = 10
# “kí” and “ký”, “lí” and “lý”: one sound, two spellings, in both of which people write.
FINAL_Y = re.compile(r"\b([hklmst])y\b")
# Dots hold codes together; every other sign parts words.
SIGNS = re.compile(r"[^\w.’'ʼ/+]|(?<!\d)\.|\.(?!\d)|/")


def spelt(text: str) -> str:
    """Lower case in one spelling of each letter, signs as spaces."""
    return " ".join(SIGNS.sub(" ", unicodedata.normalize("NFC", text).lower()).split())


def plain(text: str) -> str:
    """The folded form of it."""
    return FINAL_Y.sub(r"\1i", folded(spelt(text)))


def spelt_line(phrases) -> str:
    """The phrases one after another, a bar before each, so that a search cannot run across two of them."""
    return "".join(f"| {spelt(phrase)} " for phrase in phrases if phrase) + "|"


def folded_line(phrases) -> str:
    return "".join(f"| {plain(phrase)} " for phrase in phrases if phrase) + "|"


def search(procedures, typed: str):
    """Narrow and rank a queryset of procedures; nothing typed leaves it as it is."""
    exact, loose = spelt(typed), plain(typed)
    words = loose.split()[:MOST_WORDS]
    if not words:
        return procedures if not typed.strip() else procedures.none()
    holding = Q()
    for word in words:
        holding &= Q(search_text__contains=f" {word}")
    rank = Case(
        # A whole phrase of the procedure as it was spelt: its name, or what people call it.
        When(spelt_text__contains=f"| {exact} |", then=Value(0)),
        When(spelt_text__startswith=f"| {exact}", then=Value(1)),
        When(spelt_text__contains=f" {exact} ", then=Value(2)),
        When(search_text__startswith=f"| {loose}", then=Value(3)),
        When(search_text__contains=f"| {loose} |", then=Value(4)),
        When(search_text__contains=f" {loose}", then=Value(5)),
        default=Value(6),
        output_field=IntegerField(),
    )
    return procedures.filter(holding).order_by(rank, "sort_key")
