//! Nothing but a home for the benchmarks in `benches/`; figures are in `README.md`.
