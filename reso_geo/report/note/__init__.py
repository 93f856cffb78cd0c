"""The one-page note, as PDF or for Word."""
