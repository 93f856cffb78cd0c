"""Areas that people cross: squares as lines around and across them."""
