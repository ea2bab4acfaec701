"""Places, categories, ads and their revisions, photos, search."""
