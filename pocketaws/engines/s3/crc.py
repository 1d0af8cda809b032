"""CRC-32C and CRC-64/NVME: tables of bytes, and for large bodies many stretches side by side.

A CRC is linear, so the stretches are run with NumPy as one, then joined by what zeros do to a register.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

__all__ = ["crc32c", "crc64nvme"]

_SCALAR_LIMIT = 4096


class _Crc:
    """A reflected CRC of 32 or 64 bits."""

    def __init__(self, polynomial: int, bits: int) -> None:
        self.mask = (1 << bits) - 1
        self.bits = bits
        self.dtype: Any = np.uint32 if bits == 32 else np.uint64
        self.table = [self._byte(polynomial, value) for value in range(256)]
        self.array = np.array(self.table, dtype=self.dtype)

    @staticmethod
    def _byte(polynomial: int, value: int) -> int:
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        return value

    def __call__(self, data: bytes) -> int:
        register = self.mask
        if len(data) >= _SCALAR_LIMIT:
            lanes = 1 << (len(data).bit_length() // 2)
            length = len(data) // lanes
            head = lanes * length
            register = self._shift(register, head) ^ self._joined(data[:head], lanes, length)
            data = data[head:]
        table = self.table
        for byte in data:
            register = (register >> 8) ^ table[(register ^ byte) & 0xFF]
        return register ^ self.mask

    def _joined(self, data: bytes, lanes: int, length: int) -> int:
        """Return the register, started at zero, after equal stretches that were run side by side."""
        columns = np.frombuffer(data, dtype=np.uint8).reshape(lanes, length).T.astype(self.dtype)
        registers = np.zeros(lanes, dtype=self.dtype)
        eight, low = self.dtype(8), self.dtype(0xFF)
        for column in columns:
            registers = (registers >> eight) ^ self.array[(registers ^ column) & low]
        while len(registers) > 1:
            tables = self._shift_tables(length)
            left, right = registers[0::2], registers[1::2]
            for index in range(self.bits // 8):
                right = right ^ tables[index][(left >> self.dtype(8 * index)) & low]
            registers, length = right, length * 2
        return int(registers[0])

    @cache  # noqa: B019 (there are two instances, for the life of the process)
    def _shift_tables(self, zeros: int) -> Any:
        rows = [[self._shift(value << (8 * index), zeros) for value in range(256)] for index in range(self.bits // 8)]
        return np.array(rows, dtype=self.dtype)

    def _shift(self, register: int, zeros: int) -> int:
        """Return the register after so many bytes of zero."""
        power = 0
        while zeros:
            if zeros & 1:
                register = _apply(self._operator(power), register)
            zeros >>= 1
            power += 1
        return register

    @cache  # noqa: B019
    def _operator(self, power: int) -> tuple[int, ...]:
        """Return what 2**power bytes of zero do to each bit of the register."""
        if power == 0:
            return tuple((bit >> 8) ^ self.table[bit & 0xFF] for bit in (1 << i for i in range(self.bits)))
        half = self._operator(power - 1)
        return tuple(_apply(half, column) for column in half)


def _apply(operator: tuple[int, ...], register: int) -> int:
    result = 0
    for column in operator:
        if register & 1:
            result ^= column
        register >>= 1
    return result


@cache
def _crc(name: str) -> _Crc:
    return _Crc(0x82F63B78, 32) if name == "CRC32C" else _Crc(0x9A6C9329AC4BC9B5, 64)


def crc32c(data: bytes) -> int:
    """Return the CRC-32C (Castagnoli) of some bytes.

    Examples
    --------
    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    return _crc("CRC32C")(data)


def crc64nvme(data: bytes) -> int:
    """Return the CRC-64/NVME of some bytes.

    Examples
    --------
    >>> hex(crc64nvme(b"123456789"))
    '0xae8b14860a799888'
    """
    return _crc("CRC64NVME")(data)
