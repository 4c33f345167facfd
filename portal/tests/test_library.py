"""The page on which every component can be looked at."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from portal.library import ICONS


def test_the_library_draws_every_component(client):
    page = client.get(reverse("library")).content.decode()
    assert page.count("<h1>") == 1
    assert "Có 7 chỗ cần sửa" in page
    assert 'aria-current="step"' in page
    assert "Trang 2 trên 3" in page


@pytest.mark.django_db
def test_the_library_is_there_only_in_the_demo(client, settings):
    settings.DEMO = False
    assert client.get(reverse("library")).status_code == 404


def test_the_library_shows_every_icon_of_the_sprite():
    sprite = (Path(settings.BASE_DIR) / "static/img/icons.svg").read_text()
    assert sprite.count("<symbol") == len(ICONS)
    assert all(f'<symbol id="{icon}"' in sprite for icon in ICONS)
