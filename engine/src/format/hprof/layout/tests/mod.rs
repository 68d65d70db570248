//! Tests of layouts against what `jmap -histo` counted in real processes.

mod classes;
mod sizes;
mod packing;
mod infer;
mod text;
mod hostile;
