#!/usr/bin/env python3
"""Makes the shipped Go dumps: `make_go_dumps.py GO NAME` builds shop.go with the toolchain GO and writes
testdata/dumps/NAME.heapdump.zst and NAME.exe.zst (the executable without its code, which no reader of dumps needs).
`make_go_dumps.py GO quotes` builds quotes.go and writes quotes-before.heapdump.xz, quotes-after.heapdump.xz, quotes.exe.xz.

The truth file NAME.truth.json beside the former is written by hand: the program says what lives.
"""

import pathlib
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# Sections whose bytes are replaced by zeros, which compress to nothing.
UNUSED = {".text", ".debug_line", ".debug_frame", ".symtab", ".strtab", ".eh_frame"}


def without_code(elf: bytearray) -> bytearray:
    """The 64-bit little-endian ELF file with the bytes of UNUSED sections zeroed, line table headers kept."""
    offset, = struct.unpack_from("<Q", elf, 0x28)
    size, count, names = struct.unpack_from("<HHH", elf, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", elf, offset + i * size) for i in range(count)]
    for name, kind, _, _, start, length in headers:
        at = headers[names][4] + name
        text = elf[at:elf.index(0, at)].decode()
        if text in UNUSED and text != ".debug_line":
            elf[start:start + length] = bytes(length)
    return elf


def main() -> None:
    go, name = sys.argv[1], sys.argv[2]
    program = "quotes" if name == "quotes" else "shop"
    with tempfile.TemporaryDirectory() as scratch:
        exe, slim = f"{scratch}/{program}", f"{scratch}/{name}.exe"
        flags = ["-trimpath", "-ldflags=-compressdwarf=false", "-o", exe]
        subprocess.run([go, "build", *flags, str(HERE / f"{program}.go")], check=True)
        subprocess.run([exe, scratch if program == "quotes" else f"{scratch}/{name}.heapdump"], check=True)
        pathlib.Path(slim).write_bytes(without_code(bytearray(pathlib.Path(exe).read_bytes())))
        for source in [slim, *map(str, pathlib.Path(scratch).glob("*.heapdump"))]:
            compress(source, "xz" if program == "quotes" else "zst")


def compress(source: str, kind: str) -> None:
    target = HERE.parent / "dumps" / f"{pathlib.Path(source).name}.{kind}"
    if kind == "xz":
        target.write_bytes(subprocess.run(["xz", "-9", "-c", source], check=True, capture_output=True).stdout)
    else:
        subprocess.run(["zstd", "-q", "-19", "-f", source, "-o", str(target)], check=True)


if __name__ == "__main__":
    main()
