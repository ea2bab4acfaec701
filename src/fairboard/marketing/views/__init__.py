"""The marketing console and the pages of whoever gets mail, one file a subject."""
