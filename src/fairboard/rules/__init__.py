"""One rule language: CEL over typed, documented variables. Checked, compiled, explained. Imports no Django."""

from fairboard.rules.environment import Environment, Explanation, Problem, Program, RuleError, Variable

__all__ = ["Environment", "Explanation", "Problem", "Program", "RuleError", "Variable"]
