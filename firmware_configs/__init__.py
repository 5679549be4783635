"""What is set in the hardware itself: one folder for each reader, scanner, printer and board."""
