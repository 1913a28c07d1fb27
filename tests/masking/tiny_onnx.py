"""A tiny network of the real ones' inputs and outputs, as an ONNX file (by onnx.proto's numbers)."""

import struct

FLOAT, INT, INTS = 1, 2, 7  # of TensorProto.DataType and of AttributeProto.AttributeType


def tiny_network(side: int, output: str | None, *, logits: bool = False) -> bytes:
    """Its output says how red each pixel is; another, the first if the one is named, says the opposite."""
    outputs = ("first", "second") if output is None else ("0", output)
    output = output or "first"
    red, not_red = (_initializer(name, 4.0 * sign) for name, sign in (("w", 1), ("v", -1)))
    nodes = [
        _node("Conv", ["input", "v"], "other", kernel=True),
        _node("Sigmoid", ["other"], next(name for name in outputs if name != output)),
        _node("Conv", ["input", "w"], output if logits else "red", kernel=True),
        *([] if logits else [_node("Sigmoid", ["red"], output)]),
    ]
    graph = b"".join(_bytes(1, node) for node in nodes)
    graph += _bytes(2, b"tiny") + _bytes(5, red) + _bytes(5, not_red)
    graph += _bytes(11, _value("input", (1, 3, side, side)))
    graph += b"".join(_bytes(12, _value(name, (1, 1, side, side))) for name in outputs)
    return _number(1, 7) + _bytes(7, graph) + _bytes(8, _bytes(1, b"") + _number(2, 11))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _initializer(name: str, weight: float) -> bytes:
    """The weights (1, 3, 1, 1) of a convolution that looks at the first channel alone."""
    shape = b"".join(_number(1, size) for size in (1, 3, 1, 1))
    return shape + _number(2, FLOAT) + _bytes(8, name.encode()) + _bytes(9, struct.pack("<3f", weight, 0, 0))


def _node(kind: str, inputs: list[str], output: str, *, kernel: bool = False) -> bytes:
    node = b"".join(_bytes(1, name.encode()) for name in inputs)
    node += _bytes(2, output.encode()) + _bytes(3, output.encode()) + _bytes(4, kind.encode())
    if kernel:
        node += _bytes(5, _bytes(1, b"kernel_shape") + _number(8, 1) + _number(8, 1) + _number(20, INTS))
    return node


def _value(name: str, shape: tuple[int, ...]) -> bytes:
    dimensions = b"".join(_bytes(1, _number(1, size)) for size in shape)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, dimensions)))
