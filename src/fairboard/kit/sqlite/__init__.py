"""Django's SQLite backend with a queue before the one place where writers meet."""
