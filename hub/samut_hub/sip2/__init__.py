"""The door for other makers' kiosks, gates and sorters: SIP2 2.00 (3M Standard Interchange Protocol)."""
