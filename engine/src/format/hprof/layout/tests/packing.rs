//! The packing of JDK 15 and later against a map of bytes, and what holds for every packing.

use crate::format::hprof::field_type::FieldType::{
    self, Boolean, Byte, Char, Double, Float, Int, Long, Object, Short,
};
use crate::format::hprof::layout::{ClassShape, Layout, Packing, Sizes};
use proptest::prelude::*;

/// Where fields lie, byte by byte: `true` is taken.
struct Bytes(Vec<bool>);

impl Bytes {
    /// Takes the smallest free run that has room, the last of equal ones, or appends.
    fn place(&mut self, width: usize) {
        let fitting =
            self.runs().into_iter().filter(|&(start, end)| start.next_multiple_of(width) + width <= end);
        let best = fitting.rev().min_by_key(|(start, end)| end - start);
        let start = best.map_or(self.0.len(), |(start, _)| start).next_multiple_of(width);
        self.0.resize(self.0.len().max(start + width), false);
        self.0[start..start + width].fill(true);
    }

    /// Free runs between taken bytes, ascending.
    fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs = Vec::new();
        let mut at = 0;
        for run in self.0.chunk_by(|a, b| a == b) {
            if !run[0] {
                runs.push((at, at + run.len()));
            }
            at += run.len();
        }
        runs
    }
}

fn oracle(layout: &Layout, shapes: &[ClassShape]) -> Vec<u32> {
    let mut bytes = Bytes(vec![true; usize::from(layout.header_bytes)]);
    let mut sizes = Vec::new();
    for shape in shapes {
        let width = |field: &FieldType| usize::from(field.size(layout.reference_bytes));
        let (references, mut primitives): (Vec<FieldType>, Vec<FieldType>) =
            shape.fields.iter().partition(|&&field| field == Object);
        primitives.sort_by_key(|field| std::cmp::Reverse(width(field)));
        primitives.iter().chain(&references).for_each(|field| bytes.place(width(field)));
        let end = bytes.0.len().next_multiple_of(usize::from(layout.alignment));
        sizes.push(u32::try_from(end).expect("few fields"));
    }
    sizes
}

fn field() -> impl Strategy<Value = FieldType> {
    prop::sample::select(vec![Object, Boolean, Char, Float, Double, Byte, Short, Int, Long])
}

/// A class, its subclass, and so on.
fn hierarchy() -> impl Strategy<Value = Vec<ClassShape>> {
    prop::collection::vec(prop::collection::vec(field(), 0..7), 1..7).prop_map(|classes| {
        let shape = |(at, fields): (u32, Vec<FieldType>)| ClassShape {
            super_class: at.checked_sub(1),
            fields,
            ..ClassShape::default()
        };
        (0..).zip(classes).map(shape).collect()
    })
}

fn layout() -> impl Strategy<Value = Layout> {
    let headers = prop::sample::select(vec![(8, 4), (8, 8), (12, 4), (12, 8), (16, 4), (16, 8)]);
    (headers, prop::sample::select(vec![8, 16, 256])).prop_map(
        |((header_bytes, reference_bytes), alignment)| Layout {
            header_bytes,
            reference_bytes,
            alignment,
            ..Layout::hotspot_64(17)
        },
    )
}

proptest! {
    #[test]
    fn gaps_are_filled_as_in_a_map_of_bytes(shapes in hierarchy(), layout in layout()) {
        let sizes = Sizes::modelled(&layout, &shapes);
        prop_assert_eq!(sizes.instances(), oracle(&layout, &shapes));
    }

    #[test]
    fn no_packing_loses_a_field(shapes in hierarchy(), layout in layout(), classic in any::<bool>()) {
        let packing = if classic { Packing::Classic } else { Packing::Android };
        let layout = Layout { packing, reference_bytes: if classic { layout.reference_bytes } else { 4 }, ..layout };
        let sizes = Sizes::modelled(&layout, &shapes);
        let mut least = u32::from(layout.header_bytes);
        // Android's first class has its header as fields.
        for (shape, &size) in shapes.iter().zip(sizes.instances()).skip(usize::from(!classic)) {
            least += shape.fields.iter().map(|field| u32::from(field.size(layout.reference_bytes))).sum::<u32>();
            prop_assert!(size >= least && size.is_multiple_of(u32::from(layout.alignment)));
        }
        prop_assert!(sizes.instances().is_sorted());
    }
}
