"""Reading what others export: files of any shape, columns of any kind. Nothing here knows the database or Django."""
