"""Walkable beats on real streets: cut, cover, judge and rebalance them."""
