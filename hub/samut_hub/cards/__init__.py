"""Printed cards of members: designs in millimetres, printing one or many, and what was printed for whom."""
