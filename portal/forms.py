"""The renderer that draws every form alike."""

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    """Forms are drawn by templates/django/forms/ of this project."""
