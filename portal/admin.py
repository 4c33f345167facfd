"""The officials' site: second factor, title, order of sections."""

from django.contrib.admin import AdminSite


class OfficialsSite(AdminSite):
    site_title = site_header = "Một Cửa · Quản trị hồ sơ"


site = OfficialsSite(name="admin")
