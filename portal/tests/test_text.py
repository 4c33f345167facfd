import pytest

from portal.text import e164, heading


def test_a_phone_number_in_the_digits_of_another_script_is_no_second_number():
    with pytest.raises(ValueError, match="not a Vietnamese mobile number"):
        e164("091234567٨")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Giấy chứng sinh", "Giấy chứng sinh"),
        ("Giấy chứng sinh; trường hợp không có thì nộp văn bản của người làm chứng xác nhận về việc sinh", "Giấy chứng sinh"),
        ("Văn bản ủy quyền (được chứng thực) theo quy định của pháp luật trong trường hợp ủy quyền", "Văn bản ủy quyền"),
        (
            "Văn bản xác nhận của cơ sở y tế đã thực hiện kỹ thuật hỗ trợ sinh sản cho việc mang thai hộ",
            "Văn bản xác nhận của cơ sở y tế đã thực hiện kỹ thuật hỗ trợ sinh sản…",
        ),
    ],
)
def test_a_heading_is_the_first_clause_of_a_long_name(name, short):
    assert heading(name) == short
