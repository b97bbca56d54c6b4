"""Linear programs as arrays, solved by HiGHS through OR-Tools' MathOpt. Runs in the solving process.

(The older model builder of OR-Tools returns wrong dual values with HiGHS, see docs/decisions/0002; MathOpt right ones.)
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2, result_pb2
from ortools.math_opt.core.python import solver
from pybind11_abseil.status import StatusNotOk
from scipy.sparse import csr_matrix

from matcher.engine.solver.task import Floats

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
SOLVERS = (parameters_pb2.SOLVER_TYPE_HIGHS, parameters_pb2.SOLVER_TYPE_GSCIP)
WARM = parameters_pb2.SOLVER_TYPE_GLOP  # begins where it is told to; HiGHS does not
OPTIMAL = result_pb2.TERMINATION_REASON_OPTIMAL
LIMIT = result_pb2.TERMINATION_REASON_NO_SOLUTION_FOUND
MOST_NODES = 2_000  # branchings of one piece; a number and not a time, so that it ends alike everywhere
NONE = (result_pb2.TERMINATION_REASON_INFEASIBLE, result_pb2.TERMINATION_REASON_INFEASIBLE_OR_UNBOUNDED)


class SolverFailure(RuntimeError):
    """The solver gave neither a solution nor a bound; says what it gave instead."""


@dataclass(frozen=True)
class Rows:
    """Maximise over lower ≤ x ≤ upper with A·x ≤ limit; (n,) variables, (m,) rows.

    `whole` (n,) must be whole numbers; `shared` (m,) are rows that people of several towns stand in.
    """

    lower: Floats
    upper: Floats
    matrix: csr_matrix
    limit: Floats
    whole: Bools
    shared: Bools


@dataclass(frozen=True)
class Relaxed:
    """The optimum where nothing need be whole.

    x (n,) and its `value`; what each variable's bound costs, `reduced` (n,); what one more of each row's limit would
    bring, `price` (m,). `basis` says which bounds and rows bind, so that another objective over the same rows can begin there.
    """

    x: Floats
    value: float
    reduced: Floats
    price: Floats
    basis: Any


def relax(rows: Rows, objective: Floats, basis: Any = None) -> Relaxed:
    """The linear relaxation's optimum; `basis` is of another objective over the same rows.

    Raises:
        SolverFailure: there is none, or it was not found.
    """
    result = _solve(rows, objective, whole=False, basis=basis)
    if basis is not None and result.termination.reason != OPTIMAL:
        result = _solve(rows, objective, whole=False)
    if result.termination.reason != OPTIMAL:
        raise SolverFailure(f"relaxation: {result.termination}")
    solution = result.solutions[0]
    x = _of(solution.primal_solution.variable_values, len(rows.upper))
    dual = solution.dual_solution
    price = np.maximum(_of(dual.dual_values, len(rows.limit)), 0.0)
    reduced = _of(dual.reduced_costs, len(rows.upper))
    return Relaxed(x, float(objective @ x), reduced, price, solution.basis if solution.HasField("basis") else None)


def best_whole(rows: Rows, objective: Floats) -> tuple[Floats | None, bool]:
    """The best x that is whole where it must be, None where there is none at all; and whether that is proven.

    Raises:
        SolverFailure: the solver ended without an answer.
    """
    result = _solve(rows, objective, whole=True)
    if result.termination.reason in NONE:
        return None, True
    if not result.solutions:
        if result.termination.reason == LIMIT:
            return None, False
        raise SolverFailure(f"whole: {result.termination}")
    x = _of(result.solutions[0].primal_solution.variable_values, len(rows.upper))
    x[rows.whole] = np.rint(x[rows.whole])
    return x, result.termination.reason == OPTIMAL


def _of(sparse: Any, size: int) -> Floats:
    """MathOpt's sparse vectors as arrays."""
    array = np.zeros(size)
    array[np.array(sparse.ids, dtype=np.int64)] = np.array(sparse.values)
    return array


def _solve(rows: Rows, objective: Floats, *, whole: bool, basis: Any = None) -> Any:
    """One call, with messages in and out: MathOpt's own classes would make an object of every variable."""
    model = model_parameters_pb2.ModelSolveParametersProto()
    kinds: tuple[Any, ...] = SOLVERS
    if basis is not None:
        model.initial_basis.CopyFrom(basis)
        kinds = (WARM, *SOLVERS)
    parameters = parameters_pb2.SolveParametersProto(enable_output=False)
    if whole:
        parameters.relative_gap_tolerance = 0.0
        parameters.absolute_gap_tolerance = 0.0
        parameters.node_limit = MOST_NODES
    proto = _proto(rows, objective, whole=whole)
    for kind in kinds:
        with suppress(StatusNotOk):  # HiGHS now and then gives up on numbers that SCIP has no trouble with
            return solver.solve(
                proto,
                kind,
                parameters_pb2.SolverInitializerProto(),
                parameters,
                model,
                None,
                callback_pb2.CallbackRegistrationProto(),
                None,
                None,
            )
    raise SolverFailure("no solver took the program")


def _proto(rows: Rows, objective: Floats, *, whole: bool) -> model_pb2.ModelProto:
    n, m = len(rows.upper), len(rows.limit)
    proto = model_pb2.ModelProto()
    proto.variables.ids.extend(range(n))
    proto.variables.lower_bounds.extend(rows.lower.tolist())
    proto.variables.upper_bounds.extend(rows.upper.tolist())
    proto.variables.integers.extend((rows.whole & whole).tolist())
    proto.linear_constraints.ids.extend(range(m))
    proto.linear_constraints.lower_bounds.extend([-np.inf] * m)
    proto.linear_constraints.upper_bounds.extend(rows.limit.tolist())
    matrix = rows.matrix
    matrix.sort_indices()
    entries = proto.linear_constraint_matrix
    entries.row_ids.extend(np.repeat(np.arange(m), np.diff(matrix.indptr)).tolist())
    entries.column_ids.extend(matrix.indices.tolist())
    entries.coefficients.extend(matrix.data.tolist())
    proto.objective.maximize = True
    named = np.flatnonzero(objective)
    proto.objective.linear_coefficients.ids.extend(named.tolist())
    proto.objective.linear_coefficients.values.extend(objective[named].tolist())
    return proto
