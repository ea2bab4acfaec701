"""Writing the marketing room, one file a subject."""
