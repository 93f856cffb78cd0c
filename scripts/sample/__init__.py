"""The parts that draw the fictional sample agglomeration."""
