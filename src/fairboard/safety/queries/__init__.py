"""Reading for the desk and for authors, one file a subject."""
