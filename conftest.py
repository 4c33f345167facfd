"""The cast: Lan owns the dossier, Minh is a stranger, Hoa works at the agency, Tuấn at another."""

import pytest

from accounts.tests.make import make_citizen
from procedures.tests.make import make_agency, make_official, make_procedure


@pytest.fixture
def lan(db):
    return make_citizen("H’Lan Niê")


@pytest.fixture
def minh(db):
    return make_citizen("Trần Quang Minh")


@pytest.fixture
def agency(db):
    return make_agency("UBND phường Buôn Ma Thuột")


@pytest.fixture
def other_agency(db):
    return make_agency("UBND xã Buôn Đôn")


@pytest.fixture
def hoa(agency):
    return make_official(agency, "Nguyễn Thị Thu Hoa")


@pytest.fixture
def tuan(other_agency):
    return make_official(other_agency, "Lê Anh Tuấn")


@pytest.fixture
def birth(db):
    """A procedure with one required paper and no declaration form."""
    return make_procedure("Đăng ký khai sinh")
