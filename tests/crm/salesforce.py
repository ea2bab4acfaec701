"""Files as Salesforce and HubSpot export them, with made-up data: their headings, ids, stages, odd cells."""

# ruff: noqa: E501
import csv
import io
import random
import zipfile
from collections.abc import Mapping
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
STAGES = {"Prospecting": 10, "Qualification": 10, "Needs Analysis": 20, "Proposal/Price Quote": 75,
          "Negotiation/Review": 90, "Closed Won": 100, "Closed Lost": 0, "Fleet Review": 45}  # fmt: skip


def long_id(prefix: str, number: int) -> str:
    """An 18-character id: prefix of the object, number in base 62, check letters."""
    from fairboard.crm.importing.columns import salesforce_id

    digits = ""
    while number:
        digits, number = LETTERS[number % 62] + digits, number // 62
    return salesforce_id(prefix + digits.rjust(12, "0"))


def text_of(rows: list[Mapping[str, Any]]) -> str:
    """Rows as CSV, every cell quoted as Salesforce does."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def salesforce(seed: int, accounts: int = 20) -> dict[str, str]:
    """A data export: file names and texts."""
    dice = random.Random(seed)
    system = {"IsDeleted": "0", "OwnerId": long_id("005", 7), "CreatedDate": "2024-03-01 10:00:00",
              "SystemModstamp": "2026-01-01 00:00:00"}  # fmt: skip
    account_ids = [long_id("001", 1000 + n) for n in range(accounts)]
    contact_ids = [long_id("003", 5000 + n) for n in range(accounts * 3)]
    campaign_ids = [long_id("701", 90 + n) for n in range(3)]
    stages = list(STAGES)
    files = {
        "Account.csv": [
            {"Id": one, **system, "MasterRecordId": "", "Name": f"Motor House {n}", "Type": "Customer", "ParentId":
             account_ids[0] if n == 3 else "", "BillingStreet": f"{n} Long Street\nHall {n}", "BillingCity": "Austin",
             "BillingPostalCode": "73301", "BillingCountry": "United States", "Phone": "(512) 757-6000" if n % 2 else
             f"+1 512 757 {6000 + n}", "Website": f"www.motor{n}.example", "Industry": dice.choice(
                 ["Automotive", "Real Estate", "Biotechnology"]), "NumberOfEmployees": 10 + n, "Fleet_Size__c": n * 3,
             "Dealer_Tier__c": dice.choice(["Gold", "Silver"])}
            for n, one in enumerate(account_ids)
        ],
        "Campaign.csv": [
            {"Id": one, **system, "Name": f"Fair {n}", "Type": "Trade Show", "Status": "In Progress", "StartDate":
             "2026-05-01 00:00:00", "EndDate": "2026-05-03", "BudgetedCost": "5000.0", "ActualCost": "", "IsActive": "1"}
            for n, one in enumerate(campaign_ids)
        ],
        "Contact.csv": [
            {"Id": one, **system, "AccountId": dice.choice(account_ids)[:15], "LastName": f"Driver {n}", "FirstName":
             "Ana", "Salutation": "Ms.", "MailingCity": "Austin", "Phone": "", "MobilePhone": f"+1 512 555 {1000 + n}",
             "Email": f"ana.{n}@example.org", "Title": "Buyer", "LeadSource": "Trade Show", "DoNotCall": "0"}
            for n, one in enumerate(contact_ids)
        ],
        "Lead.csv": [
            {"Id": long_id("00Q", 70 + n), **system, "LastName": f"Lead {n}", "FirstName": "Lee", "Company": "Vans Inc",
             "Email": f"lee.{n}@example.org", "Status": "Working - Contacted", "Rating": "Hot", "IsConverted": "0",
             "ConvertedAccountId": ""}
            for n in range(5)
        ],
        "Opportunity.csv": [
            {"Id": long_id("006", 300 + n), **system, "AccountId": dice.choice(account_ids), "Name": f"A year of ads {n}",
             "StageName": (stage := stages[n % len(stages)]), "Amount": f"{1000 + n}.5", "Probability": STAGES[stage],
             "CloseDate": "2026-12-31 00:00:00", "CampaignId": campaign_ids[n % 3], "IsClosed": "0"}
            for n in range(accounts)
        ],
        "Product2.csv": [
            {"Id": long_id("01t", 8 + n), **system, "Name": f"Top ad {n}", "ProductCode": f"TOP-{n}", "IsActive": "1",
             "Description": ""}
            for n in range(4)
        ],
        "Task.csv": [
            {"Id": long_id("00T", 40 + n), **system, "WhoId": contact_ids[n], "WhatId": account_ids[n] if n % 2 else "",
             "Subject": f"Call back {n}", "ActivityDate": "2026-11-30", "Status": "Not Started", "Priority": "High"}
            for n in range(6)
        ],
    }  # fmt: skip
    return {name: text_of(rows) for name, rows in files.items()}


def hubspot(seed: int) -> dict[str, str]:
    """Exports of companies, contacts and deals."""
    dice = random.Random(seed)
    files = {
        "hubspot-crm-exports-all-deals.csv": [
            {"Record ID": 9000 + n, "Deal Name": f"Package {n}", "Deal Stage": dice.choice(
                ["Appointment Scheduled", "Contract Sent", "Closed Won"]), "Close Date": "2026-08-01 12:30", "Deal owner":
             "Pat", "Amount": 100 * n, "Associated Company IDs": 100 + n, "Associated Contact IDs": f"{500 + n};{501 + n}",
             "Associated Contact": "x"}
            for n in range(6)
        ],
        "hubspot-crm-exports-all-contacts.csv": [
            {"Record ID": 500 + n, "First Name": "Kim", "Last Name": "" if n == 2 else f"Road {n}", "Email":
             f"kim{n}@example.org", "Phone Number": f"+49 30 12345{n}", "Contact owner": "", "Associated Company IDs":
             100 + n % 5, "Original Source": "Organic Search"}
            for n in range(8)
        ],
        "hubspot-crm-exports-all-companies.csv": [
            {"Record ID": 100 + n, "Company name": f"Garage {n}", "Company owner": "", "Phone Number": "", "City": "Bonn",
             "Country/Region": "Germany", "Industry": "AUTOMOTIVE", "Company Domain Name": f"garage{n}.example",
             "Lifecycle Stage": "Customer"}
            for n in range(6)
        ],
    }  # fmt: skip
    return {name: text_of(rows) for name, rows in files.items()}


def zipped(files: Mapping[str, str]) -> bytes:
    """The files in one archive, as the weekly export comes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()
