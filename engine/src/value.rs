//! Fields, elements and texts of objects.
