"""Labels for items: sheets measured in millimetres, designs, and printing with proof of what fits."""
