"""Charts: pure functions from a selection to a Vega-Lite specification, and their drawing as SVG."""
