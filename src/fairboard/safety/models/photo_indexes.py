"""What says to which database an index of photo hashes belongs."""

from django.db import models


class PhotoIndex(models.Model):
    """One row: a name this database got when it was made; an index on disk carries the same."""

    edition = models.CharField(max_length=16)
