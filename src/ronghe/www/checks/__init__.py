"""抽查和评价: replies drawn to be checked, bad ratings followed up, doubts decided."""
