//! Opens a dump and prints what its index says.
#![allow(clippy::print_stdout, reason = "an example shows its result")]

use heapwise_engine::open::{Options, open};
use heapwise_engine::progress::Progress;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let start = std::time::Instant::now();
        let snapshot = open(path.as_ref(), &Options::default(), &Progress::default())?;
        println!("{}", serde_json::to_string_pretty(snapshot.info())?);
        println!("{}", serde_json::to_string_pretty(snapshot.build())?);
        println!("{:?}", start.elapsed());
    }
    Ok(())
}
