"""Where the batch work runs: each engine is a connection for the same ibis expressions."""
