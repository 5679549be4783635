"""Lists of what a library has: registers, shelf lists, bibliographies and catalogue cards, to print and as Excel."""
