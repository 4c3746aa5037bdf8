"""Statements of a period and receipts of a session, as PDF and as a spreadsheet."""
