"""Empties the machine code for all GPUs but one in a library of CUDA kernels: one_gpu.py LIBRARY ARCHITECTURE (90: Hopper).

CUDA keeps it in containers (magic 0xBA55ED50, version, bytes of the header, bytes of the entries), each entry with a kind
(2: machine code), the bytes of its header and its payload, and the architecture. A driver takes the entry of its GPU alone.
"""
import struct
import sys

MAGIC = struct.pack("<I", 0xBA55ED50)
CONTAINER, ENTRY = struct.Struct("<IHHQ"), struct.Struct("<HHIQIIHHI")


def entries(data):
    """(architecture, begin, end) of each payload."""
    at = data.find(MAGIC)
    while at >= 0:
        _, version, header, size = CONTAINER.unpack_from(data, at)
        end = at + header + size
        if version != 1 or header != CONTAINER.size or end > len(data):
            at = data.find(MAGIC, at + len(MAGIC))
            continue
        entry = at + header
        while entry < end:
            fields = ENTRY.unpack_from(data, entry)
            begin = entry + fields[2]
            yield fields[8], begin, begin + fields[3]
            entry = begin + fields[3]
        at = data.find(MAGIC, end)


def main():
    path, wanted = sys.argv[1], int(sys.argv[2])
    data = bytearray(open(path, "rb").read())
    found = list(entries(data))
    if wanted not in {architecture for architecture, _, _ in found}:
        sys.exit(f"{path}: there is no code for architecture {wanted}; there is some for "
                 f"{', '.join(str(a) for a in sorted({a for a, _, _ in found})) or 'none'}.")
    for architecture, begin, end in found:
        if architecture != wanted:
            data[begin:end] = bytes(end - begin)
    open(path, "wb").write(data)


if __name__ == "__main__":
    main()
