"""Benchmarks: each against its peer or limit in the same run, interleaved (docs/benchmarks.md)."""
