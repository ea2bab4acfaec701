"""Near-duplicates: campaigns of ads that share a template, their templates, and networks of who belongs together."""

from fairboard.screening.links.bulk import link_texts
from fairboard.screening.links.networks import networks
from fairboard.screening.links.streaming import Alignment, keys_of, resembles
from fairboard.screening.links.templates import Part, Template, Value, template_of

__all__ = ["Alignment", "Part", "Template", "Value", "keys_of", "link_texts", "networks", "resembles", "template_of"]
