//! The graph module against slow, obvious oracles on random graphs, and on graphs that are long, deep or broken.

mod oracle;
mod columns;
mod reach;
mod transpose;
mod dominators;
mod groups;
