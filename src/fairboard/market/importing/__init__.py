"""Reading ads out of files of any shape: rows, headings, values. Writes nothing to the database."""
