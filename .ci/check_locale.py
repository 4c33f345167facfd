"""The compiled catalogues of words say what their sources say; one that was forgotten would show old words."""

import io
import sys
from pathlib import Path

from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

BASE = Path(__file__).resolve().parents[1]
stale = []
for source in sorted((BASE / "locale").rglob("*.po")):
    wanted = {(m.id, m.context): m.string for m in read_po(io.BytesIO(source.read_bytes())) if m.id and m.string and not m.fuzzy}
    compiled = source.with_suffix(".mo")
    found = {(m.id, m.context): m.string for m in read_mo(io.BytesIO(compiled.read_bytes())) if m.id} if compiled.exists() else {}
    if wanted != found:
        stale.append(compiled.relative_to(BASE))
if stale:
    sys.exit(f"Compile again with `make messages`: {', '.join(map(str, stale))}")
print("The compiled catalogues of words are up to date.")
