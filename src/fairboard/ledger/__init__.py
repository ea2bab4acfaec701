"""One event for every change, written in its transaction, sealed into hash trees, read by all else."""
