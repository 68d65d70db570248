//! Parts that many threads have made, put together.

use rayon::prelude::*;
use std::ops::Deref;

/// Copies `parts` one after the other to the beginning of `column`, in parallel; each is dropped when it is there.
///
/// # Panics
/// They are longer than the column.
pub fn copy_parts<T: Copy + Send + Sync, P: Deref<Target = [T]> + Send>(
    parts: impl IntoIterator<Item = P>,
    column: &mut [T],
) {
    let mut rest = column;
    let place = |part: P| {
        let (mine, later) = std::mem::take(&mut rest).split_at_mut(part.len());
        rest = later;
        (part, mine)
    };
    let places: Vec<(P, &mut [T])> = parts.into_iter().map(place).collect();
    places.into_par_iter().for_each(|(part, place)| place.copy_from_slice(&part));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_one_behind_the_other() {
        let (parts, mut column) = ([vec![1, 2], vec![], vec![3]], [0; 4]);
        copy_parts(parts, &mut column);
        assert_eq!(column, [1, 2, 3, 0]);
    }
}
