"""The parts of adopt.py."""
