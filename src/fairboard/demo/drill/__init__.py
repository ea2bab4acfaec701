"""A drill of the safety desk: a planted network, found, decided, kept as evidence, reported; appealed and mended."""
