from django.apps import AppConfig


class IssuerConfig(AppConfig):
    name = "portal.issuer"
    label = "issuer"
    verbose_name = "Cổng Dịch vụ công quốc gia (mô phỏng)"
