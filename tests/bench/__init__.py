"""How fast and how large: run with `make bench`. Figures are printed as a table; docs/benchmarks.md explains them."""
