"""How pages look: template engine, base templates, components, icons and static files."""
