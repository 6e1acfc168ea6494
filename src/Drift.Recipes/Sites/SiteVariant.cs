// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace Drift.Recipes;

/// <summary>A compressed body while it is made: it is given up as soon as it saves too little.</summary>
internal sealed class SiteVariant : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SiteSpool _spool;
    private readonly long _offset;
    private readonly long _limit;
    private long _length;

    /// <param name="spool">Where its bytes go.</param>
    /// <param name="limit">How many of them are worth it.</param>
    internal SiteVariant(SiteSpool spool, long limit)
    {
        _spool = spool;
        _limit = limit;
        _offset = spool.Reserve(limit);
    }

    /// <summary>Whether it still saves enough.</summary>
    internal bool IsWorthIt => _length <= _limit;

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        if (!IsWorthIt || bytes.IsEmpty) return;
        _hash.AppendData(bytes);
        _spool.Write(bytes, _offset + _length - bytes.Length);
    }

    /// <summary>The body; null when it saves too little.</summary>
    internal SiteBody? Finish() => IsWorthIt ? new SiteBody(_spool.Content(_offset, _length), _length, Convert.ToHexString(_hash.GetHashAndReset())) : null;

    public void Dispose() => _hash.Dispose();
}
