"""Make the demo's people and print how they sign in."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dossiers import demo


class Command(BaseCommand):
    help = "Tạo tài khoản mẫu (chỉ khi DEMO=1) và in cách đăng nhập."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="In dạng JSON.")
        parser.add_argument("--force", action="store_true", help="Tạo cả khi DEMO=0.")

    def handle(self, *args, **options):
        if not (settings.DEMO or options["force"]):
            raise CommandError("Tài khoản mẫu chỉ dùng cho bản trình diễn. Đặt DEMO=1, hoặc thêm --force nếu chắc chắn.")
        people = demo.people()
        if options["json"]:
            self.stdout.write(json.dumps(people, ensure_ascii=False))
            return
        for title, rows in (("Công dân", people["citizens"][:3]), ("Cán bộ", people["officials"]), ("Quản trị", people["admins"])):
            self.stdout.write(f"{title}:")
            for row in rows:
                self.stdout.write(f"  {row['user']:<24} {row['password']:<16} {row.get('agency', row.get('full_name', ''))}")
        self.stdout.write(f"Tất cả {len(people['citizens'])} công dân: python manage.py seed_demo --json")
