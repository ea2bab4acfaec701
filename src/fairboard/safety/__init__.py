"""The gate every submission passes, the cases and queues staff work in, decisions, notices."""
