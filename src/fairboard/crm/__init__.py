"""Accounts, contacts, leads, deals, activities and the company's own objects: knowing its advertisers."""
