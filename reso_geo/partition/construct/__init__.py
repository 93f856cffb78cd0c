"""First cuts: balanced power diagrams, and cuts by the sides of barriers."""
