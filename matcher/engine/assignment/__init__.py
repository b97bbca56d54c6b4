"""The assignment: columns, rows, objective, and their solution with proven bounds."""

from matcher.engine.assignment.solve import Plan, Taken, assign

__all__ = ["Plan", "Taken", "assign"]
