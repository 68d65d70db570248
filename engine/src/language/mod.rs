//! What the objects of a runtime mean.

pub mod java;
