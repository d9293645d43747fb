"""Lanes: the innermost steps of the sweep, for as many places as fit in a few vector registers.

Written in LLVM's own vectors, because compilers do not find out that the least times so far can
stay in registers while the arcs go by: that alone makes the sweep three times faster. Whoever has
narrower registers gets the same from several of them. The twins in plain Python are in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 64
"""How many places one sweep takes: two or four of the widest registers there are."""

LINE = 64
"""Bytes of a cache line."""

I32, I64 = ir.IntType(32), ir.IntType(64)


class Lanes:
    """Writes vector instructions over the rows of an array with one column a lane."""

    def __init__(self, builder: Any, bits: int) -> None:
        self.builder = builder
        self.bits = bits
        self.word = ir.IntType(bits)
        self.vector = ir.VectorType(self.word, LANES)

    def address(self, base: Any, row: Any) -> Any:
        at = self.builder.gep(base, [self.builder.mul(row, ir.Constant(I64, LANES))])
        return self.builder.bitcast(at, self.vector.as_pointer())

    def load(self, base: Any, row: Any) -> Any:
        return self.builder.load(self.address(base, row), align=self.bits // 8)

    def store(self, value: Any, base: Any, row: Any) -> None:
        self.builder.store(value, self.address(base, row), align=self.bits // 8)

    def spread(self, value: Any) -> Any:
        nothing = ir.Constant(self.vector, ir.Undefined)
        one = self.builder.insert_element(nothing, value, ir.Constant(I32, 0))
        zeros = ir.Constant(ir.VectorType(I32, LANES), [0] * LANES)
        return self.builder.shuffle_vector(one, nothing, zeros)

    def call(self, name: str, *values: Any) -> Any:
        kind = ir.FunctionType(self.vector, [self.vector] * len(values))
        name = f"llvm.{name}.v{LANES}i{self.bits}"
        function = cgutils.get_or_insert_function(self.builder.module, kind, name)
        return self.builder.call(function, values)

    def least(self, one: Any, other: Any) -> Any:
        return self.call("umin" if self.bits == 16 else "smin", one, other)

    def plus(self, one: Any, other: Any) -> Any:
        """Add; in 16 bits a sum too large stays the largest number, which means no way."""
        return (
            self.call("uadd.sat", one, other) if self.bits == 16 else self.builder.add(one, other)
        )

    def over(self, begin: Any, end: Any, first: Any, step: Callable[[Any, Any], Any]) -> Any:
        """Write a loop over begin..end that carries a vector along; return what it ends with."""
        builder = self.builder
        entry = builder.block
        head, body, done = (builder.append_basic_block(n) for n in ("arc", "step", "done"))
        builder.branch(head)
        builder.position_at_end(head)
        index, carried = builder.phi(I64), builder.phi(self.vector)
        index.add_incoming(begin, entry)
        carried.add_incoming(first, entry)
        builder.cbranch(builder.icmp_signed("<", index, end), body, done)
        builder.position_at_end(body)
        following = step(index, carried)
        index.add_incoming(builder.add(index, ir.Constant(I64, 1)), builder.block)
        carried.add_incoming(following, builder.block)
        builder.branch(head)
        builder.position_at_end(done)
        return carried


def _data(context: Any, builder: Any, signature: Any, args: Any, which: int) -> Any:
    return context.make_array(signature.args[which])(context, builder, args[which]).data


@intrinsic
def relax(
    typing: Any,
    stack: Any,
    row: Any,
    start: Any,
    start_row: Any,
    upper: Any,
    time: Any,
    begin: Any,
    end: Any,
) -> Any:
    """stack[row] = min(start[start_row], stack[upper[a]] + time[a] for a in begin..end)."""

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        labels, starts, depths, times = (
            _data(context, builder, signature, args, which) for which in (0, 2, 4, 5)
        )
        lanes = Lanes(builder, stack.dtype.bitwidth)

        def step(arc: Any, best: Any) -> Any:
            depth = builder.zext(builder.load(builder.gep(depths, [arc])), I64)
            weight = lanes.spread(builder.load(builder.gep(times, [arc])))
            return lanes.least(best, lanes.plus(lanes.load(labels, depth), weight))

        best = lanes.over(args[6], args[7], lanes.load(starts, args[3]), step)
        lanes.store(best, labels, args[1])
        return context.get_dummy_value()

    words = types.int64
    return types.void(stack, words, start, words, upper, time, words, words), write


@intrinsic
def push(typing: Any, stack: Any, row: Any, upper: Any, time: Any, begin: Any, end: Any) -> Any:
    """stack[upper[a]] = min(stack[upper[a]], stack[row] + time[a]) for a in begin..end."""

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        labels, depths, times = (
            _data(context, builder, signature, args, which) for which in (0, 2, 3)
        )
        lanes = Lanes(builder, stack.dtype.bitwidth)
        longest = ir.Constant(I32, 2**16 - 1)

        def step(arc: Any, pushed: Any) -> Any:
            depth = builder.zext(builder.load(builder.gep(depths, [arc])), I64)
            weight = builder.load(builder.gep(times, [arc]))
            if lanes.bits == 16:
                fits = builder.icmp_unsigned("<", weight, longest)
                weight = builder.trunc(builder.select(fits, weight, longest), lanes.word)
            best = lanes.least(lanes.load(labels, depth), lanes.plus(pushed, lanes.spread(weight)))
            lanes.store(best, labels, depth)
            return pushed

        lanes.over(args[4], args[5], lanes.load(labels, args[1]), step)
        return context.get_dummy_value()

    words = types.int64
    return types.void(stack, words, upper, time, words, words), write


@intrinsic
def nearest(typing: Any, stack: Any, upper: Any, begin: Any, end: Any) -> Any:
    """Return the least of all times in the rows upper[begin..end] of the stack."""

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        labels, depths = (_data(context, builder, signature, args, which) for which in (0, 1))
        lanes = Lanes(builder, stack.dtype.bitwidth)

        def step(arc: Any, best: Any) -> Any:
            depth = builder.zext(builder.load(builder.gep(depths, [arc])), I64)
            return lanes.least(best, lanes.load(labels, depth))

        most = 2**16 - 1 if lanes.bits == 16 else 2**31 - 1
        first = lanes.spread(ir.Constant(lanes.word, most))
        best = lanes.over(args[2], args[3], first, step)
        name = "umin" if lanes.bits == 16 else "smin"
        kind = ir.FunctionType(lanes.word, [lanes.vector])
        name = f"llvm.vector.reduce.{name}.v{LANES}i{lanes.bits}"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [best])

    return stack.dtype(stack, upper, types.int64, types.int64), write


@intrinsic
def within(typing: Any, stack: Any, row: Any, bound: Any) -> Any:
    """Return a bit for each lane of stack[row] that is at most `bound`."""

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes = Lanes(builder, stack.dtype.bitwidth)
        labels = _data(context, builder, signature, args, 0)
        reached = builder.icmp_unsigned("<=", lanes.load(labels, args[1]), lanes.spread(args[2]))
        return builder.bitcast(reached, ir.IntType(LANES))

    return types.uint64(stack, types.int64, stack.dtype), write


@intrinsic
def lowest(typing: Any, bits: Any) -> Any:
    """Return which is the lowest bit that is set; one is."""

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), write


@intrinsic
def publish(
    typing: Any, stack: Any, row: Any, bound: Any, out: Any, at: Any, otherwise: Any
) -> Any:
    """out[at:at + lanes] = stack[row] where that is at most `bound`, `otherwise` elsewhere."""
    return types.void(stack, types.int64, stack.dtype, out, types.int64, out.dtype), _write_row(
        stack, out, stream=False
    )


@intrinsic
def stream(typing: Any, stack: Any, row: Any, bound: Any, out: Any, at: Any, otherwise: Any) -> Any:
    """Like `publish`, past the cache: for rows that begin where a cache line does."""
    return types.void(stack, types.int64, stack.dtype, out, types.int64, out.dtype), _write_row(
        stack, out, stream=True
    )


def _write_row(stack: Any, out: Any, stream: bool) -> Callable[..., Any]:
    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        labels, target = (_data(context, builder, signature, args, which) for which in (0, 3))
        lanes = Lanes(builder, stack.dtype.bitwidth)
        found = lanes.load(labels, args[1])
        within = builder.icmp_unsigned("<=", found, lanes.spread(args[2]))
        wide = Lanes(builder, out.dtype.bitwidth)
        if wide.bits > lanes.bits:
            found = builder.zext(found, wide.vector)
        found = builder.select(within, found, wide.spread(args[5]))
        place = builder.bitcast(builder.gep(target, [args[4]]), wide.vector.as_pointer())
        stored = builder.store(found, place, align=LINE if stream else wide.bits // 8)
        if stream:
            past = builder.module.add_metadata([ir.Constant(I32, 1)])
            stored.set_metadata("nontemporal", past)
        return context.get_dummy_value()

    return write
