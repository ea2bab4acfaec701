"""Policies and rules as they run."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from fairboard.people.decorators import permission_required
from fairboard.screening import Document, default_packs, screen


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Policies and rules as they run, and a place to try a text."""
    text = request.POST.get("text", "")[:20_000]
    result = screen(Document("try", {"body": text}, request.POST.get("category", ""))) if text else None
    return render(request, "safety/rules.html", {"packs": default_packs(), "text": text, "result": result})
