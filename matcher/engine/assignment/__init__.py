"""The assignment: columns, rows, objective, and their solution with proven bounds."""

from matcher.engine.assignment.child import SolverProcess
from matcher.engine.assignment.plan import Plan, Taken
from matcher.engine.assignment.solve import Assignment

__all__ = ["Assignment", "Plan", "SolverProcess", "Taken"]
