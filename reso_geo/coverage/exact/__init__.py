"""Proofs: the branch and cut that ends at the shortest tour or the best bound in time."""
