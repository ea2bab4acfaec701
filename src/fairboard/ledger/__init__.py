"""One event for every change, written in the same transaction, sealed into hash trees, read by everything else."""
