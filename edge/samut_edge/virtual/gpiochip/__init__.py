"""Stands in for the C library lgpio on a computer without pins; the real rpi-lgpio runs on top of it."""
