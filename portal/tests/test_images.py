import io
import threading
import time

import pytest
from PIL import Image

from portal import images
from portal.filetypes import PNG


def photograph(mode="RGB", size=(40, 30)):
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


def test_pictures_sent_at_once_are_unfolded_one_after_the_other(monkeypatch):
    """Otherwise a handful of small files would fill the memory of the site."""
    inside, most = [], []
    decoded = images._decoded

    def slowly(*args):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.02)
        picture = decoded(*args)
        inside.pop()
        return picture

    monkeypatch.setattr(images, "_decoded", slowly)
    senders = [threading.Thread(target=images.remade, args=(photograph(), PNG)) for _n in range(5)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert most == [1] * 5


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_picture_of_any_kind_is_written_anew(mode):
    picture = images.remade(photograph(mode), PNG)
    assert Image.open(io.BytesIO(picture.data)).size == (40, 30)


def test_a_small_file_of_a_huge_picture_is_refused():
    with pytest.raises(images.Unreadable):
        images.remade(photograph("1", (7100, 7100)), PNG)
