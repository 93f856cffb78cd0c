"""The interactive page: what it says, how it looks, and the one way data gets into it."""
