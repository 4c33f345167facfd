"""What the worker makes of a photograph: upright, of a legible size, without where and when it was taken."""

import io
import threading
import warnings
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageOps

from portal.filetypes import HEIC, JPEG, PNG

Image.MAX_IMAGE_PIXELS = 50_000_000
pillow_heif.register_heif_opener()

LONG_EDGE = 2600  # an A4 page photographed whole still reads at its smallest print
THUMBNAIL = 144
QUALITY = 85
FORMATS = {JPEG: "JPEG", PNG: "PNG", HEIC: "HEIF"}


# A file of some kilobytes may unfold to hundreds of megabytes, and anybody may send several at once.
_one_at_a_time = threading.Lock()


class Unreadable(ValueError):
    """The picture cannot be decoded, or would need more memory than any photograph does."""


@dataclass(frozen=True)
class Picture:
    data: bytes
    content_type: str
    thumbnail: bytes


def remade(data: bytes, content_type: str) -> Picture:
    """Decode and write anew: nothing of the sender's file but its picture survives. One at a time in each process."""
    try:
        # The filters of warnings belong to the whole process as well.
        with _one_at_a_time, warnings.catch_warnings():
            # Pillow only warns between one and two times the limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = _decoded(data, content_type)
    except Exception as error:  # decoders raise whatever a broken file trips over
        raise Unreadable from error
    stored_type = PNG if content_type == PNG else JPEG
    return Picture(_written(image, stored_type), stored_type, _thumbnail(image))


def _decoded(data, content_type):
    with Image.open(io.BytesIO(data), formats=[FORMATS[content_type]]) as image:
        image.draft("RGB", (LONG_EDGE, LONG_EDGE))  # JPEG is read at half size where that is enough
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        mode = "RGBA" if _is_transparent(image) else "L" if image.mode in ("1", "L") else "RGB"
        upright = image if image.mode == mode else image.convert(mode)
    upright.thumbnail((LONG_EDGE, LONG_EDGE))
    # Comments, profiles and positions would be written again from here.
    upright.info.clear()
    return upright


def _is_transparent(image):
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _written(image, content_type) -> bytes:
    out = io.BytesIO()
    if content_type == PNG:
        image.save(out, "PNG")
    else:
        _on_white(image).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _thumbnail(image) -> bytes:
    small = _on_white(image)
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _on_white(image):
    if image.mode != "RGBA":
        return image.copy()
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A"))
    return page
