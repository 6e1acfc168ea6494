// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace Drift.Oci;

/// <summary>ZSTD_inBuffer and ZSTD_outBuffer: memory that does not move, its size, and how far it was read or written.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ZstdBuffer(byte[] pinned)
{
    public nint Address = Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
    public nuint Size = (nuint)pinned.Length;
    public nuint Position;

    /// <summary>Memory that the caller keeps in its place.</summary>
    public ZstdBuffer(nint address, int size)
        : this([])
    {
        Address = address;
        Size = (nuint)size;
    }
}
