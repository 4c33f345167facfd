"""What may be asked of a list of the officials' site by its address line."""

from django.contrib.admin.options import IncorrectLookupParameters


class OnlyItsFilters:
    """Of a ModelAdmin: no more than its filters ask.

    Django takes any field (“password__startswith”, “national_id__regex”), which tells letter by letter
    what a list masks or leaves out, and of a dossier what nobody reads without being noted.
    """

    def lookup_allowed(self, lookup, value, request):
        asked = {getattr(given, "parameter_name", given) for given in self.list_filter}
        if lookup.removesuffix("__exact") in asked and "\0" not in str(value):
            return True
        # Not False, which is a page of status 400: an address that means nothing shows the whole list.
        raise IncorrectLookupParameters
