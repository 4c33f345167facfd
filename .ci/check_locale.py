"""The compiled catalogues of words say what their sources say; one that was forgotten would show old words."""

import io
import sys
from pathlib import Path

from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

BASE = Path(__file__).resolve().parents[1]


def words(compiled: bytes) -> dict:
    """What a compiled catalogue says, whoever compiled it."""
    return {(str(message.id), message.context): message.string for message in read_mo(io.BytesIO(compiled)) if message.id}


def compile_now(source: Path) -> bytes:
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes())))
    return compiled.getvalue()


def stale() -> list[Path]:
    """The compiled catalogues that are missing or old."""
    sources = sorted((BASE / "locale").rglob("*.po"))
    pairs = [(source, source.with_suffix(".mo")) for source in sources]
    return [target for source, target in pairs if not target.exists() or words(target.read_bytes()) != words(compile_now(source))]


if __name__ == "__main__":
    if found := stale():
        sys.exit(f"Compile again with `make messages`: {', '.join(str(path.relative_to(BASE)) for path in found)}")
    print("The compiled catalogues of words are up to date.")
