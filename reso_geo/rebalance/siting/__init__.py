"""Siting: where new beats begin, and which posts leave."""
