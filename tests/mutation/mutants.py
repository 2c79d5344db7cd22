"""Small faults of a module's functions: an operator turned, a limit moved by one, a flag the other way round."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import CodeType, ModuleType
from typing import Any

_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_TWINS = (("any", "all"), ("min", "max"), ("minimum", "maximum"), ("idxmin", "idxmax"), ("argmin", "argmax"))
_NAMES = {one: other for pair in _TWINS for one, other in (pair, pair[::-1])}
_SHOWN = 24
"""So many characters of code at least say which piece of a function was changed."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Change = Callable[[], Callable[[], None]]
"""Makes a change of the tree and gives what takes it back."""
_Lines = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes
    ----------
    module : str
        Path of the module, from the checkout.
    function : str
        Its qualified name (``Facts.impact``).
    line : int
        Line of the change.
    lines : tuple of int
        First and last line of the statement that it changes: of one with a body, those of its head.
    change : str
        The changed expression, before and after.
    code : CodeType
        The function's code with the fault.
    """

    module: str
    function: str
    line: int
    lines: _Lines
    change: str
    code: CodeType

    @property
    def name(self) -> str:
        """What it is called in `docs/mutation.md`: without a line, so that it stays what it is when lines move."""
        return f"{self.module} {self.function}: {self.change}"


def mutants(path: Path, module: str, *, sample: int, seed: int) -> tuple[list[Mutant], int]:
    """Mutants of the functions and methods of a file, and how many there are of which they were drawn.

    What is evaluated at import (defaults, decorators, constants of the module) and texts stay as they are.
    """
    tree = ast.parse(path.read_text("utf-8"))
    places = [(*found, change) for found in _functions(tree) for change in _changes(found[1])]
    drawn = Random(f"{seed} {module}").sample(range(len(places)), min(sample, len(places)))
    made = []
    for name, function, (lines, told, change) in (places[place] for place in sorted(drawn)):
        before = _told(told)
        undo = change()
        code = _code(compile(tree, str(path), "exec"), name, _first_line(function))
        made.append(Mutant(module, name, told.lineno, lines, f"`{before}` -> `{_told(told)}`", code))
        undo()
    return made, len(places)


def install(mutant: Mutant, module: ModuleType) -> bool:
    """Put the fault into the imported module, wherever its function has been handed on to; False where it is not found."""
    owner: Any = module
    for part in mutant.function.split("."):
        owner = vars(owner).get(part)
        if owner is None:
            return False
    # Properties, class methods and wrapped functions hold the function itself.
    while not hasattr(owner, "__code__") or owner.__code__.co_qualname != mutant.function:
        inner = (getattr(owner, name, None) for name in ("fget", "func", "__func__", "__wrapped__"))
        owner = next((each for each in inner if each is not None), None)
        if owner is None:
            return False
    if owner.__code__.co_freevars != mutant.code.co_freevars:
        return False
    owner.__code__ = mutant.code
    return True


def _functions(tree: ast.Module) -> Iterator[tuple[str, _Function]]:
    """Functions and methods; what stands inside of one belongs to it."""
    holders: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    for prefix, holder in holders:
        for node in holder.body:
            if isinstance(node, _Function):
                yield prefix + node.name, node
            elif isinstance(node, ast.ClassDef):
                holders.append((f"{prefix}{node.name}.", node))


def _changes(function: _Function) -> Iterator[tuple[_Lines, Any, _Change]]:
    for statement in function.body:
        yield from _within(statement, statement, (0, 0))


def _within(node: ast.AST, told: ast.AST, lines: _Lines) -> Iterator[tuple[_Lines, Any, _Change]]:
    """Changes at a node and below it, each with the lines of its statement and the piece of code to show of it."""
    if isinstance(node, ast.Assert | ast.Raise):
        return
    if isinstance(node, ast.If | ast.While | ast.For):
        told = node.iter if isinstance(node, ast.For) else node.test
        lines = (node.lineno, told.end_lineno or told.lineno)
    elif isinstance(node, ast.stmt) or (isinstance(node, ast.expr) and len(ast.unparse(node)) >= _SHOWN):
        told = node
        if isinstance(node, ast.stmt):
            lines = (node.lineno, node.end_lineno or node.lineno)
    for change in _here(node):
        yield lines, told, change
    for child in _children(node):
        yield from _within(child, told, lines)


def _here(node: Any) -> Iterator[_Change]:
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield _setting(vars(node), "value", ast.copy_location(ast.Constant(None), node.value))
    if isinstance(node, ast.Compare):
        for place, each in enumerate(node.ops):
            yield _setting(node.ops, place, _OPERATORS[type(each)]())
    elif type(getattr(node, "op", None)) in _OPERATORS and not _joins_texts(node):
        yield _setting(vars(node), "op", _OPERATORS[type(node.op)]())
    if isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        twice = ast.copy_location(ast.UnaryOp(node.op, node.operand), node)
        yield _setting(vars(node), "operand", twice)
    if isinstance(node, ast.Call):
        field = "attr" if isinstance(node.func, ast.Attribute) else "id"
        if (name := getattr(node.func, field, None)) in _NAMES:
            yield _setting(vars(node.func), field, _NAMES[name])
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        yield _setting(
            vars(node), "value", not node.value if isinstance(node.value, bool) else node.value + 1
        )


def _joins_texts(node: Any) -> bool:
    """Whether an operator joins texts: every change of it is an error of types, which says nothing about a test."""
    sides = (getattr(node, "left", None), getattr(node, "right", None))
    return any(
        isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", 0), str) for side in sides
    )


def _setting(holder: Any, key: Any, value: object) -> _Change:
    def change() -> Callable[[], None]:
        before, holder[key] = holder[key], value
        return lambda: holder.__setitem__(key, before)

    return change


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What is computed: no annotations, decorators and defaults, which are no part of the code of a function."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "args") and not isinstance(node, ast.Call):
            continue
        for each in value if isinstance(value, list) else [value]:
            # `zip(..., strict=True)` guards against mistakes of ours: no input shows whether it is there.
            if isinstance(each, ast.AST) and not (isinstance(each, ast.keyword) and each.arg == "strict"):
                yield each


def _told(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 160 else f"{text[:157]}..."


def _first_line(function: _Function) -> int:
    return min([function.lineno, *(each.lineno for each in function.decorator_list)])


def _code(code: CodeType, name: str, line: int) -> CodeType:
    """The code of a function of a compiled module."""
    waiting = [code]
    for each in waiting:
        if each.co_qualname == name and each.co_firstlineno == line:
            return each
        waiting += [inner for inner in each.co_consts if isinstance(inner, CodeType)]
    raise LookupError(name)
