// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace Drift.Oci;

/// <summary>ZSTD_inBuffer and ZSTD_outBuffer: memory that does not move, its size, and how far it was read or written.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ZstdBuffer(nint address, int size)
{
    public nint Address = address;
    public nuint Size = (nuint)size;
    public nuint Position;

    public ZstdBuffer(byte[] pinned)
        : this(Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0), pinned.Length)
    {
    }
}
