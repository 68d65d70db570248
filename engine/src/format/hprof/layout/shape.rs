//! What the layout of a class depends on: its fields and its superclass.

use crate::format::hprof::field_type::FieldType;

/// A class as far as its layout goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassShape {
    /// The name as the file has it: `java/lang/String`.
    pub name: String,
    /// The position of the superclass among the shapes.
    pub super_class: Option<u32>,
    /// Types of the class's own instance fields, in the order of the dump.
    pub fields: Vec<FieldType>,
    /// Types of the static fields that are fields: without those whose name begins with `<`
    /// (`<resolved_references>`), which HotSpot adds to the dump but not to the class object.
    pub statics: Vec<FieldType>,
}

/// The positions of `shapes` with every superclass before its subclasses.
///
/// A class on a cycle of superclasses, or with a superclass outside of `shapes`, counts as one without any:
/// the second list has the superclass that holds, for each shape.
pub(super) fn supers_first(shapes: &[ClassShape]) -> (Vec<u32>, Vec<Option<u32>>) {
    let mut supers: Vec<Option<u32>> = shapes.iter().map(|shape| known_super(shape, shapes)).collect();
    let mut order = Vec::with_capacity(shapes.len());
    let mut state = vec![State::New; shapes.len()];
    let mut chain = Vec::new();
    for class in 0..shapes.len() {
        let mut next = u32::try_from(class).ok();
        while let Some(here) = next.filter(|&here| state[here as usize] == State::New) {
            state[here as usize] = State::Open;
            chain.push(here);
            next = supers[here as usize];
        }
        cut_cycle(&state, &chain, next, &mut supers);
        while let Some(done) = chain.pop() {
            state[done as usize] = State::Done;
            order.push(done);
        }
    }
    (order, supers)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

fn known_super(shape: &ClassShape, shapes: &[ClassShape]) -> Option<u32> {
    shape.super_class.filter(|&class| (class as usize) < shapes.len())
}

/// Takes the superclass from the topmost class of `chain` where the chain led back into itself.
fn cut_cycle(state: &[State], chain: &[u32], next: Option<u32>, supers: &mut [Option<u32>]) {
    let leads_back = next.is_some_and(|next| state[next as usize] == State::Open);
    if let (true, Some(&top)) = (leads_back, chain.last()) {
        supers[top as usize] = None;
    }
}
