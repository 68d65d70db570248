//! Who holds an object.
