"""Tables as planners hold them, read as columns of text with their Excel row numbers.

`read_table` opens .csv, .tsv, .txt and .xlsx by what the file is, not by what it is called, and
notes every defect in the reader's `Findings`. `Table` turns columns into numbers, flags and ids.
"""

from access._tables.filetype import Kind, size_of, true_kind
from access._tables.header import find_column, fold
from access._tables.numbers import number
from access._tables.table import Table, read_table

__all__ = [
    "Kind",
    "Table",
    "find_column",
    "fold",
    "number",
    "read_table",
    "size_of",
    "true_kind",
]
