"""What a plan offers who works in memory: what goes in, and what comes out."""
