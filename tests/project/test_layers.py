"""Imports flow one way: instances, model, solvers, classic, results, app."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("instances", "model", "solvers", "classic", "results", "app")
SCREEN = 60
FILES = [p for layer in LAYERS for p in sorted((ROOT / layer).rglob("*.py"))]


class _WithoutTypes(ast.NodeTransformer):
    """Takes out what is imported for the checker of types alone."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Leave of ``if TYPE_CHECKING`` what stands under its ``else``."""
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return node.orelse
        return self.generic_visit(node)


def imported(path: Path, *, with_types: bool = True) -> set[str]:
    """Return the modules that a file imports; *with_types*: those of types as well."""
    names: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree if with_types else _WithoutTypes().visit(tree)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_only_lower_layers(path: Path) -> None:
    """No file imports from a layer above its own."""
    here = LAYERS.index(path.relative_to(ROOT).parts[0])
    for name in imported(path):
        top, *rest = name.split(".")
        assert top not in LAYERS[:-1], f"{path}: write aumaq.{name}, not {name}"
        if top == "aumaq" and here < LAYERS.index("app"):
            assert rest, f"{path}: import from a layer, not from the façade"
            assert LAYERS.index(rest[0]) <= here, f"{path} imports upwards: {name}"


def test_the_audit_is_a_second_opinion() -> None:
    """It shares nothing with what makes plans: instances are all that it imports."""
    for path in sorted((ROOT / "results" / "audit").glob("*.py")):
        for name in imported(path):
            own = name.startswith(("aumaq.instances", "aumaq.results.audit"))
            assert own or not name.startswith("aumaq"), f"{path} imports {name}"


def test_numbers_know_no_family() -> None:
    """What is gathered of an instance serves families and solvers alike."""
    for path in sorted((ROOT / "model" / "data").glob("*.py")):
        for name in imported(path):
            assert not name.startswith("aumaq.model.families"), f"{path} imports {name}"


def test_results_have_no_circles() -> None:
    """What their files import at the head leads one way from folder to folder."""
    rooms: dict[str, set[str]] = {}
    for path in sorted((ROOT / "results").rglob("*.py")):
        room = path.relative_to(ROOT / "results").with_suffix("").parts[0]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                layer, *rest = node.module.removeprefix("aumaq.").split(".")
                if layer == "results" and rest and rest[0] != room:
                    rooms.setdefault(room, set()).add(rest[0])
    assert "report" in rooms["plots"]
    TopologicalSorter(rooms).prepare()  # complains of a circle


def test_pages_know_nothing_of_what_they_show() -> None:
    """What pages share lies below reports, exports and comparisons: no way back."""
    below = ("pages", "language", "actions", "strict_json")
    own_ones = ("aumaq.instances", *(f"aumaq.results.{name}" for name in below))
    for path in sorted((ROOT / "results" / "pages").glob("*.py")):
        for name in imported(path):
            own = name.startswith(own_ones)
            assert own or not name.startswith("aumaq"), f"{path} imports {name}"


def test_nothing_of_the_results_needs_the_studies() -> None:
    """They drive the solvers: plans are told, drawn and kept without them.

    The front door loads them on demand, and a type may name what they return.
    """
    for path in sorted((ROOT / "results").rglob("*.py")):
        where = path.relative_to(ROOT / "results")
        if where.parts[0] != "studies" and where != Path("__init__.py"):
            for name in imported(path, with_types=False):
                assert not name.startswith("aumaq.results.studies"), where


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_functions_fit_a_screen(path: Path) -> None:
    """What a function does is on one screen, below its head and docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            is_told = ast.get_docstring(node) is not None and len(node.body) > 1
            length = (node.end_lineno or 0) - node.body[is_told].lineno + 1
            assert length <= SCREEN, f"{path}: {node.name} has {length} lines"
