"""A short form of the catalogue, filled in: the certificate of marital status."""

PROCEDURE = "1.004873"
ANSWERS = {
    "nguoi_yeu_cau_loai_giay_to": "Thẻ căn cước",
    "quan_he": "Bản thân",
    "dc_ho_ten": "H’Hen Niê Kdăm",
    "dc_ngay_sinh": "18/11/1994",
    "dc_gioi_tinh": "Nữ",
    "dc_dan_toc": "Ê Đê",
    "dc_so_giay_to": "066194001234",
    "dc_noi_cu_tru_province": "Tỉnh Đắk Lắk",
    "dc_noi_cu_tru_commune": "xã Buôn Đôn",
    "dc_noi_cu_tru_street": "Số 12, buôn Akŏ Dhông",
    "tinh_trang": "Chưa đăng ký kết hôn với ai",
    "muc_dich": "Vay vốn",
}
