"""Official papers (公文) in the layout of GB/T 9704-2012: what one says, and the .docx that prints it."""

from ronghe.text.paper.docx import CONTENT_TYPE, docx_of
from ronghe.text.paper.paper import Block, Layout, Line, Paper, Table, in_chinese, numeral
from ronghe.text.paper.reading import blocks_of

__all__ = [
    "CONTENT_TYPE",
    "Block",
    "Layout",
    "Line",
    "Paper",
    "Table",
    "blocks_of",
    "docx_of",
    "in_chinese",
    "numeral",
]
