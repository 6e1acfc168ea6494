// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Oci;

/// <summary>
/// Collects what a layer is made of, contents by what the file system says of them, into one digest: equal inputs give equal layers.
/// </summary>
/// <param name="looksAgain">Whether files are asked about anew, and not taken as they were when their folder was read.</param>
internal sealed class LayerInputs(bool looksAgain) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    // Many small values: handing each to the hash would take longer than hashing them.
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _buffered;

    public bool LooksAgain { get; } = looksAgain;

    /// <summary>Whether all that was added can be told from anything else.</summary>
    public bool AreKnown { get; private set; } = true;

    /// <summary>The latest change of any file, in nanoseconds since 1970.</summary>
    public long LatestChange { get; private set; }

    public void AddUnknown() => AreKnown = false;

    public void Add(long value)
    {
        if (_buffered > _buffer.Length - sizeof(long)) Flush();
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_buffered), value);
        _buffered += sizeof(long);
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        if (bytes.Length > _buffer.Length - _buffered) Flush();
        if (bytes.Length > _buffer.Length)
        {
            _hash.AppendData(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }

    public void Add(string text)
    {
        Span<byte> small = stackalloc byte[512];
        Add(Encoding.UTF8.TryGetBytes(text, small, out var written) ? small[..written] : Encoding.UTF8.GetBytes(text));
    }

    public void Add(TarEntry entry)
    {
        Add(entry.Path);
        Add((long)entry.Type);
        Add(entry.Mode);
        Add(entry.UserId);
        Add(entry.GroupId);
        Add(entry.ModificationTime);
        Add(entry.LinkTarget);
        Add(entry.ExtendedAttributes?.Count ?? 0);
        if (entry.ExtendedAttributes is null) return;
        foreach (var (name, value) in entry.ExtendedAttributes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(name);
            Add(value.Span);
        }
    }

    /// <summary>A file's content, by what the file system says of it.</summary>
    public void Add(FileIdentity file)
    {
        if (file.ChangeTime == 0) AddUnknown();
        Add((long)file.Device);
        Add((long)file.Inode);
        Add(file.Size);
        Add(file.ModificationTime);
        Add(file.ChangeTime);
        LatestChange = Math.Max(LatestChange, file.ChangeTime);
    }

    /// <summary>The digest of all that was added; nothing can be added afterwards.</summary>
    public Digest Finish()
    {
        Flush();
        return Digest.FromSha256(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _buffered);
        _buffered = 0;
    }
}
