//! Records become numbered objects, references and roots: parallel passes over the units of a dump.

mod steps;
mod addresses;
mod numbering;
mod scan;
mod warnings;
mod class_rows;
mod repeats;
mod columns;
mod sizes;
mod reference_fields;
mod references;
mod stacks;
mod loaders;
mod roots;
mod info;
mod numbered;
mod graph;
mod raw_heap;
mod go;
mod build;

pub use build::{Target, build, build_held, count_classes};
pub use loaders::{Loaders, permanent_classes};
pub use numbering::Numbering;
