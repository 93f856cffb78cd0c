"""Count the lines of code of the package, folder by folder.

A line counts when it holds code: no blank line, comment, docstring (also of a constant or a field),
import or `__all__`. Run ``python scripts/count_code.py [FOLDER]``.
"""

from __future__ import annotations

import ast
import sys
import tokenize
from collections import Counter
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "reso_geo"
NO_CODE = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


def left_out(node: ast.AST) -> bool:
    """Return whether a statement is an import, `__all__` or a text that stands alone."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["__all__"]
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def code_lines(path: Path) -> int:
    """Return the number of lines of code of a file."""
    with tokenize.open(path) as file:
        text = file.read()
    lines = {
        line
        for token in tokenize.generate_tokens(iter(text.splitlines(keepends=True)).__next__)
        if token.type not in NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and left_out(node):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def main() -> None:
    """Print the lines of each folder and of all."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE
    count: Counter[str] = Counter()
    for path in sorted(root.rglob("*.py")):
        inside = path.relative_to(root).parts
        count[inside[0] if len(inside) > 1 else "."] += code_lines(path)
    for folder, lines in count.items():
        print(f"{lines:7,d}  {folder}")
    print(f"{count.total():7,d}  all")


if __name__ == "__main__":
    main()
