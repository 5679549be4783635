"""Every driver, through the operating system, against its virtual twin."""
