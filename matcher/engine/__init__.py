"""Matching, on arrays: problem, rules, fit, assignment, explanation, and a checker that trusts none of them."""
