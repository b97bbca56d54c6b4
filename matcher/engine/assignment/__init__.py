"""The assignment: columns, rows and objective as a program, and its solution as a plan."""

from matcher.engine.assignment.plan import Plan, Taken
from matcher.engine.assignment.solve import Assignment

__all__ = ["Assignment", "Plan", "Taken"]
