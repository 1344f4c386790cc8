"""``{% load pages %}{% hole "me" %}what a visitor sees{% endhole %}``."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from talehouse.pages import holes
from talehouse.pages.keeping import Page, page_of, person_on

register = template.Library()


class HoleNode(template.Node):
    """A hole: marked on a shared page, filled at once on a page that is rendered for one person."""

    child_nodelists = ("default",)

    def __init__(self, name: str, argument: FilterExpression | None, default: NodeList) -> None:
        self.name, self.argument, self.default = name, argument, default

    def render(self, context: Context) -> SafeString:
        """Filled for a person, marked on a page that may be kept, else the default alone."""
        argument = "" if self.argument is None else str(self.argument.resolve(context))
        request = context.get("request")
        if not isinstance(request, HttpRequest):
            return self.default.render(context)
        person = person_on(request)
        if person is not None:
            return mark_safe(holes.filler(self.name)(person, argument))  # noqa: S308 - fillers return safe HTML
        page = page_of(request)
        default = self.default.render(context)
        return default if page is None else self._marked(page, argument, default)

    def _marked(self, page: Page, argument: str, default: str) -> SafeString:
        page.add_hole()
        return mark_safe(holes.marked(self.name, argument, default))  # noqa: S308 - made by our own template


@register.tag
def hole(parser: Parser, token: Token) -> HoleNode:
    """Mark a place that differs by person: ``{% hole "name" [argument] %}default{% endhole %}``."""
    words = token.split_contents()
    if len(words) not in (2, 3) or words[1][0] not in "\"'" or words[1][-1] != words[1][0]:
        raise template.TemplateSyntaxError('Write {% hole "name" %} or {% hole "name" argument %}.')
    name = words[1][1:-1]
    if name not in settings.PAGE_HOLES:
        raise template.TemplateSyntaxError(f"No hole is called {name!r} in settings.PAGE_HOLES.")
    argument = parser.compile_filter(words[2]) if len(words) == 3 else None
    default = parser.parse(("endhole",))
    parser.delete_first_token()
    if default.get_nodes_by_type(HoleNode):
        raise template.TemplateSyntaxError(f"The hole {name!r} has another hole inside it.")
    return HoleNode(name, argument, default)
