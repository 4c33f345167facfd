"""The pages of plain text."""

urlpatterns = []
