// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace Drift.Oci;

/// <summary>libzstd's memory for compression or decompression; freed also when nobody disposes it.</summary>
internal sealed class ZstdContext : SafeHandle
{
    private readonly Func<nint, nuint> _free;

    private ZstdContext(nint context, Func<nint, nuint> free)
        : base(0, ownsHandle: true)
    {
        _free = free;
        SetHandle(context);
        if (IsInvalid) throw new InvalidOperationException("libzstd has no memory for a context.");
    }

    public override bool IsInvalid => handle == 0;

    /// <exception cref="DriftException">libzstd is not there.</exception>
    public static ZstdContext ForCompression()
    {
        _ = ZstdLibrary.Version;
        return new ZstdContext(ZstdLibrary.CreateCompressor(), ZstdLibrary.FreeCompressor);
    }

    /// <exception cref="DriftException">libzstd is not there.</exception>
    public static ZstdContext ForDecompression()
    {
        _ = ZstdLibrary.Version;
        return new ZstdContext(ZstdLibrary.CreateDecompressor(), ZstdLibrary.FreeDecompressor);
    }

    protected override bool ReleaseHandle()
    {
        _ = _free(handle);
        return true;
    }
}
