//! The records of a dump, as `runtime/heapdump.go` of Go 1.7 and later writes them.

/// What the dumped process ran on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Whether words have their highest byte first.
    pub big_endian: bool,
    /// Bytes of a pointer: 4 or 8.
    pub pointer_bytes: u8,
    /// `go1.27.3` …
    pub version: &'static str,
}

impl Machine {
    /// 64 bits, little endian.
    pub fn amd64(version: &'static str) -> Machine {
        Machine { big_endian: false, pointer_bytes: 8, version }
    }

    /// The bytes of words.
    pub fn words(&self, words: &[u64]) -> Vec<u8> {
        let width = usize::from(self.pointer_bytes);
        let bytes = |word: &u64| match self.big_endian {
            true => word.to_be_bytes()[8 - width..].to_vec(),
            false => word.to_le_bytes()[..width].to_vec(),
        };
        words.iter().flat_map(bytes).collect()
    }
}

/// A dump that is being written.
#[derive(Clone, Debug)]
pub struct Go {
    /// What it was written for.
    pub machine: Machine,
    bytes: Vec<u8>,
    allocated: u64,
}

impl Go {
    /// A dump with its header and parameters.
    pub fn new(machine: Machine) -> Go {
        let mut dump = Go { machine, bytes: b"go1.7 heap dump\n".to_vec(), allocated: 0 };
        dump.numbers(&[6, machine.big_endian.into(), machine.pointer_bytes.into(), 0, 1 << 40]);
        dump.text("arch");
        dump.text(machine.version);
        dump.number(2);
        dump
    }

    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Ends the dump.
    pub fn end(mut self) -> Vec<u8> {
        self.number(0);
        self.bytes
    }

    /// A number by itself.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
            number >>= 7;
        }
        self.bytes.push(u8::try_from(number).unwrap_or(0));
    }

    fn numbers(&mut self, numbers: &[u64]) {
        numbers.iter().for_each(|&number| self.number(number));
    }

    /// Counted bytes.
    pub fn counted(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.bytes.extend(bytes);
    }

    fn text(&mut self, text: &str) {
        self.counted(text.as_bytes());
    }

    fn fields(&mut self, pointers: &[u64]) {
        pointers.iter().for_each(|&place| self.numbers(&[1, place]));
        self.number(0);
    }

    /// A slot at `address` with `bytes`, of which the words at `pointers` are pointers.
    pub fn object(&mut self, address: u64, bytes: &[u8], pointers: &[u64]) -> &mut Go {
        self.allocated += bytes.len() as u64;
        self.numbers(&[1, address]);
        self.counted(bytes);
        self.fields(pointers);
        self
    }

    /// A slot of words that are all pointers.
    pub fn pointers(&mut self, address: u64, words: &[u64]) -> &mut Go {
        let bytes = self.machine.words(words);
        let width = u64::from(self.machine.pointer_bytes);
        let places: Vec<u64> = (0..words.len() as u64).map(|word| word * width).collect();
        self.object(address, &bytes, &places)
    }

    /// Words of the data segment that are all pointers.
    pub fn data(&mut self, address: u64, words: &[u64]) -> &mut Go {
        self.region(12, address, words)
    }

    /// Words of the bss segment that are all pointers.
    pub fn bss(&mut self, address: u64, words: &[u64]) -> &mut Go {
        self.region(13, address, words)
    }

    fn region(&mut self, tag: u64, address: u64, words: &[u64]) -> &mut Go {
        let width = u64::from(self.machine.pointer_bytes);
        self.numbers(&[tag, address]);
        let bytes = self.machine.words(words);
        self.counted(&bytes);
        let places: Vec<u64> = (0..words.len() as u64).map(|word| word * width).collect();
        self.fields(&places);
        self
    }

    /// A goroutine whose `runtime.g` is at `address`; its frames follow.
    pub fn goroutine(&mut self, address: u64, id: u64, reason: &str) -> &mut Go {
        self.numbers(&[4, address, 0x7000, id, 0x400, 4, 0, 0, 0]);
        self.text(reason);
        self.numbers(&[0, 0, 0, 0]);
        self
    }

    /// A frame of the goroutine before, of these words, of which those numbered `pointers` are pointers.
    pub fn frame(&mut self, sp: u64, depth: u64, function: &str, words: &[u64], pointers: &[u64]) -> &mut Go {
        let width = u64::from(self.machine.pointer_bytes);
        self.numbers(&[5, sp, depth, 0]);
        let bytes = self.machine.words(words);
        self.counted(&bytes);
        self.numbers(&[0x500, 0x510, 0x510]);
        self.text(function);
        let places: Vec<u64> = pointers.iter().map(|word| word * width).collect();
        self.fields(&places);
        self
    }

    /// A finalizer of the object at an address, with the closure at another; `queued`: it waits to run.
    pub fn finalizer(&mut self, object: u64, closure: u64, queued: bool) -> &mut Go {
        self.numbers(&[if queued { 11 } else { 7 }, object, closure, 0x500, 0, 0]);
        self
    }

    /// A deferred call of the goroutine at an address.
    pub fn defer(&mut self, address: u64, goroutine: u64, closure: u64) -> &mut Go {
        self.numbers(&[14, address, goroutine, 0, 0, closure, 0x500, 0]);
        self
    }

    /// A panic of the goroutine at an address, with its value.
    pub fn panic(&mut self, address: u64, goroutine: u64, value: u64) -> &mut Go {
        self.numbers(&[15, address, goroutine, 0, value, 0, 0]);
        self
    }

    /// A type and the interface table that names it.
    pub fn itab(&mut self, address: u64, type_address: u64, name: &str, size: u64) -> &mut Go {
        self.numbers(&[3, type_address, size]);
        self.text(name);
        self.number(0);
        self.numbers(&[8, address, type_address]);
        self
    }

    /// An operating system thread.
    pub fn thread(&mut self, address: u64, id: u64) -> &mut Go {
        self.numbers(&[9, address, id, 1000 + id]);
        self
    }

    /// An allocation site with a stack of one call, and a sampled object of it.
    pub fn sample(&mut self, bucket: u64, function: &str, object: u64) -> &mut Go {
        self.numbers(&[16, bucket, 64, 1]);
        self.text(function);
        self.text("main.go");
        self.numbers(&[12, 3, 1]);
        self.numbers(&[17, object, bucket]);
        self
    }

    /// The runtime's statistics; it counts what was written so far, and `more` bytes.
    pub fn statistics(&mut self, more: u64) -> &mut Go {
        self.numbers(&[10, self.allocated + more]);
        (1..24).for_each(|value| self.number(value));
        (0..256).for_each(|_| self.number(0));
        self.number(7);
        self
    }
}
