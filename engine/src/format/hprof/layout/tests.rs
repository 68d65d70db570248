//! Sizes of well-known classes by layout.
