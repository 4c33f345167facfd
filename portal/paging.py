"""Long lists of the officials' site: counted only as far as anybody reads, and their page links."""

from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.templatetags.portal import number

# Nobody needs an exact count beyond this; counting a million rows would take longer than the page.
COUNT_UP_TO = 5000


class CappedPaginator(Paginator):
    """Counts no further than COUNT_UP_TO, whatever the table holds."""

    @cached_property
    def count(self):
        return self.object_list.order_by().values("pk")[: COUNT_UP_TO + 1].count()


class PagedList(ChangeList):
    """A list that `admin/paginator.html` draws the foot of; its model admin uses the paginator above."""

    foot = gettext_lazy("Dòng {first}–{last} trong {total}")

    def get_results(self, request):
        super().get_results(request)
        self.pages = [self._page_link(page) for page in self.paginator.get_elided_page_range(self.page_num)] if self.multi_page else []
        self.shown = self._shown()

    def _page_link(self, page):
        if page == Paginator.ELLIPSIS:
            return {"number": page, "current": False, "url": ""}
        return {"number": page, "current": page == self.page_num, "url": self.get_query_string({PAGE_VAR: page})}

    def _shown(self):
        """“Hồ sơ 1–8 trong 46”; beyond the limit of counting, “trong hơn 5.000”."""
        rows = len(self.result_list)
        if not rows:
            return ""
        first = (self.page_num - 1) * self.list_per_page + 1
        total = _("hơn {limit}").format(limit=number(COUNT_UP_TO)) if self.result_count > COUNT_UP_TO else number(self.result_count)
        return str(self.foot).format(first=number(first), last=number(first + rows - 1), total=total)
