"""Accounts, contacts, leads and deals of the company that runs the market."""
