"""Papers as citizens send them, made on the spot: photographs of a phone and documents."""

import functools
import io

from fpdf import FPDF
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

PHONE = (4000, 3000)
BUON_MA_THUOT = {1: "N", 2: (12.0, 40.0, 1.2), 3: "E", 4: (108.0, 2.0, 15.8)}

ORIENTATION, MAKE, MODEL, TAKEN_AT = 0x0112, 0x010F, 0x0110, 0x0132
GPS_PART = 0x8825


@functools.cache
def make_photo(width=PHONE[0], height=PHONE[1], orientation=6, gps=True, kind="JPEG") -> bytes:
    """A photograph of a paper as a phone stores it: turned by its EXIF, with the place where it was taken.

    The corner that is top left to the eye is red, whatever way the sensor was held.
    """
    upright = (height, width) if orientation >= 5 else (width, height)
    page = _page(*upright)
    stored = page.transpose(TO_STORED[orientation]) if orientation in TO_STORED else page
    out = io.BytesIO()
    options = {}
    if kind == "JPEG":
        exif = Image.Exif()
        exif[ORIENTATION], exif[MAKE], exif[MODEL], exif[TAKEN_AT] = orientation, "Samsung", "SM-A055F", "2026:11:18 08:02:11"
        if gps:
            exif[GPS_PART] = BUON_MA_THUOT
        options = {"exif": exif, "quality": 90, "comment": b"taken at home"}
    elif kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    stored.save(out, kind, **options)
    return out.getvalue()


# What the sensor saw of an upright page, by EXIF orientation.
TO_STORED = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


def _page(width, height):
    """White paper with lines of “text” on a table top."""
    image = Image.new("RGB", (width, height), "#b9a58c")
    draw = ImageDraw.Draw(image)
    edge = min(width, height) // 12
    draw.rectangle((edge, edge, width - edge, height - edge), fill="#fdfcf8")
    for line in range(edge * 3, height - edge * 2, max(4, height // 40)):
        draw.line((edge * 2, line, width - edge * 2 - (line * 7) % (edge * 3), line), fill="#2b2b33", width=max(1, height // 300))
    draw.rectangle((0, 0, edge, edge), fill="#e00000")
    # The grain of a cheap sensor, which is what makes photographs heavy.
    tile = Image.effect_noise((500, 500), 40).convert("RGB")
    grain = Image.new("RGB", image.size)
    for left in range(0, width, 500):
        for top in range(0, height, 500):
            grain.paste(tile, (left, top))
    return Image.blend(image, grain, 0.15)


@functools.cache
def make_pdf(pages=1, encrypted=False, javascript=False, attached=False, annotated=False) -> bytes:
    """A document of some pages; locked, with a script, with a file inside or with a launching note where asked."""
    document = FPDF()
    document.set_font("Helvetica", size=14)
    for number in range(1, pages + 1):
        document.add_page()
        document.cell(text=f"Trang {number}")
    data = bytes(document.output())
    if not (encrypted or javascript or attached or annotated):
        return data
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    if javascript:
        script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x');")})
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(script)
    if attached:
        writer.add_attachment("virus.exe", b"MZ")
    if annotated:
        launch = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
        note = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): launch})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    if encrypted:
        writer.encrypt("bi-mat")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
