// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Drift.Oci;

/// <summary>
/// Reads a tar archive as a stream: ustar, pax and GNU's long names. Every field is checked and bounded, for an archive may come from
/// anyone; what an entry's path means is the caller's to check.
/// </summary>
public sealed class TarReader(Stream input, string origin)
{
    // Of one entry, in all its headers. Paths are limited by PATH_MAX (4,096); pax headers also carry extended attributes, of at most 64 KiB each.
    private const int MaximumExtendedHeaders = 1024 * 1024;
    // An exbibyte, more than any file system holds: sums of sizes and paddings cannot overflow.
    private const long MaximumSize = 1L << 60;
    // What a header's octal field holds; Linux's own numbers of devices are smaller.
    private const long MaximumDevice = (1L << 21) - 1;
    // Some 30 million years: what the fractions of a pax header lose of it matters to nobody.
    private const long MaximumTime = 1_000_000_000_000_000;
    private readonly byte[] _header = new byte[TarFormat.BlockSize];
    private long _unread;
    private int _padding;

    /// <summary>
    /// Moves to the next entry; null at the end of the archive. The content of the entry before is skipped as far as it was not read.
    /// </summary>
    /// <exception cref="DriftException">The archive is damaged or ends early.</exception>
    public async ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken = default)
    {
        var pax = new Dictionary<string, string>(StringComparer.Ordinal);
        var attributes = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        string? gnuName = null, gnuLink = null;
        long extended = 0;
        while (true)
        {
            await SkipAsync(_unread + _padding, cancellationToken).ConfigureAwait(false);
            (_unread, _padding) = (0, 0);
            var read = await input.ReadAtLeastAsync(_header, TarFormat.BlockSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            // Two zero blocks end an archive; like other readers, one of them or none is accepted at the end of the stream.
            if (read == 0 || (read == TarFormat.BlockSize && !_header.AsSpan().ContainsAnyExcept((byte)0))) return null;
            if (read < TarFormat.BlockSize) throw Damaged("ends in the middle of a header");
            if (Octal(TarFormat.Checksum) != TarFormat.ChecksumOf(_header)) throw Damaged("has a header with a wrong checksum");

            var size = Number(TarFormat.Size);
            if (size is < 0 or > MaximumSize) throw Damaged($"has an entry of {size} bytes");
            var flag = _header[TarFormat.TypeFlag];
            if (flag is TarFormat.PaxHeader or TarFormat.PaxGlobalHeader or TarFormat.GnuLongName or TarFormat.GnuLongLink && (extended += size) > MaximumExtendedHeaders)
            {
                throw Damaged($"has extended headers of {extended} bytes for one entry");
            }
            switch (flag)
            {
                case TarFormat.PaxHeader:
                    ParsePax(await ReadExtendedAsync(size, cancellationToken).ConfigureAwait(false), pax, attributes);
                    continue;
                case TarFormat.PaxGlobalHeader:
                    await ReadExtendedAsync(size, cancellationToken).ConfigureAwait(false);
                    continue;
                case TarFormat.GnuLongName:
                    gnuName = Text(await ReadExtendedAsync(size, cancellationToken).ConfigureAwait(false));
                    continue;
                case TarFormat.GnuLongLink:
                    gnuLink = Text(await ReadExtendedAsync(size, cancellationToken).ConfigureAwait(false));
                    continue;
            }
            return Entry(pax, attributes, gnuName, gnuLink, size);
        }
    }

    /// <summary>Reads the content of the current entry; 0 at its end.</summary>
    public async ValueTask<int> ReadContentAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_unread == 0 || buffer.IsEmpty) return 0;
        var read = await input.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _unread)], cancellationToken).ConfigureAwait(false);
        if (read == 0) throw Damaged("ends in the middle of a file");
        _unread -= read;
        return read;
    }

    private TarEntry Entry(Dictionary<string, string> pax, Dictionary<string, ReadOnlyMemory<byte>> attributes, string? gnuName, string? gnuLink, long size)
    {
        var name = Text(_header.AsSpan(TarFormat.Name));
        if (_header.AsSpan(TarFormat.Magic).StartsWith("ustar\0"u8) && Text(_header.AsSpan(TarFormat.Prefix)) is { Length: > 0 } prefix)
        {
            name = prefix + "/" + name;
        }
        var flag = _header[TarFormat.TypeFlag];
        var type = flag switch
        {
            0 or (byte)'7' => TarEntryType.File,
            >= (byte)'0' and <= (byte)'6' => (TarEntryType)flag,
            _ => throw Damaged($"has an entry of the unknown type 0x{flag:x2}"),
        };
        if (pax.ContainsKey("GNU.sparse.major") || pax.ContainsKey("GNU.sparse.map")) throw Damaged("has a GNU sparse file, which image layers do not use");
        if (pax.TryGetValue("size", out var text)) size = PaxNumber(text);
        if (size > MaximumSize) throw Damaged($"has an entry of {size} bytes");
        if (type != TarEntryType.File) size = 0;
        (_unread, _padding) = (size, TarFormat.PaddingOf(size));
        return new TarEntry
        {
            Path = PaxName(pax, "path") ?? gnuName ?? name,
            Type = type,
            Mode = (int)(Number(TarFormat.Mode) & 0b111_111_111_111),
            UserId = pax.TryGetValue("uid", out var uid) ? PaxNumber(uid) : Owner(TarFormat.UserId),
            GroupId = pax.TryGetValue("gid", out var gid) ? PaxNumber(gid) : Owner(TarFormat.GroupId),
            Size = size,
            // Fractions of a second are dropped.
            ModificationTime = pax.TryGetValue("mtime", out var mtime)
                ? (long)Math.Clamp(Math.Floor(double.TryParse(mtime, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0), -MaximumTime, MaximumTime)
                : Math.Clamp(Number(TarFormat.ModificationTime), -MaximumTime, MaximumTime),
            LinkTarget = PaxName(pax, "linkpath") ?? gnuLink ?? Text(_header.AsSpan(TarFormat.LinkName)),
            Device = type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice
                ? (DeviceNumber(TarFormat.DeviceMajor), DeviceNumber(TarFormat.DeviceMinor))
                : default,
            ExtendedAttributes = attributes.Count == 0 ? null : attributes,
        };
    }

    private async ValueTask<byte[]> ReadExtendedAsync(long size, CancellationToken cancellationToken)
    {
        var data = new byte[size];
        (_unread, _padding) = (size, TarFormat.PaddingOf(size));
        for (var offset = 0; offset < data.Length;)
        {
            offset += await ReadContentAsync(data.AsMemory(offset), cancellationToken).ConfigureAwait(false);
        }
        return data;
    }

    private void ParsePax(ReadOnlySpan<byte> data, Dictionary<string, string> records, Dictionary<string, ReadOnlyMemory<byte>> attributes)
    {
        while (!data.IsEmpty)
        {
            if (!Utf8Parser.TryParse(data, out int length, out var digits) || digits >= data.Length || data[digits] != ' '
                || length <= digits + 1 || length > data.Length || data[length - 1] != '\n')
            {
                throw Damaged("has a damaged pax header");
            }
            var record = data[(digits + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0) throw Damaged("has a damaged pax header");
            var key = Utf8(record[..equals]);
            var value = record[(equals + 1)..];
            // Attributes are bytes of any kind; everything else is text.
            if (key.StartsWith(TarFormat.ExtendedAttribute, StringComparison.Ordinal)) attributes[key[TarFormat.ExtendedAttribute.Length..]] = value.ToArray();
            else records[key] = Utf8(value);
            data = data[length..];
        }
    }

    private long PaxNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Damaged("has a pax header with a number that is none");

    private string? PaxName(Dictionary<string, string> pax, string key) =>
        pax.GetValueOrDefault(key) is not { } name || !name.Contains('\0', StringComparison.Ordinal) ? pax.GetValueOrDefault(key) : throw Damaged("has a name with a NUL in it");

    private long Owner(Range field) => Number(field) is var number and >= 0 ? number : throw Damaged("has an owner with a negative number");

    private int DeviceNumber(Range field) => Number(field) is var number and >= 0 and <= MaximumDevice ? (int)number : throw Damaged("has a device with a number that no system has");

    /// <summary>An octal field, or GNU's base-256 form where the first bit is set.</summary>
    private long Number(Range field)
    {
        var bytes = _header.AsSpan(field);
        if ((bytes[0] & 0x80) == 0) return Octal(field);
        long value = bytes[0] & 0x3f;
        if ((bytes[0] & 0x40) != 0) value -= 0x40;
        foreach (var b in bytes[1..])
        {
            if (value is > long.MaxValue >> 8 or < long.MinValue >> 8) throw Damaged("has a number that is too large");
            value = (value << 8) | b;
        }
        return value;
    }

    private long Octal(Range field)
    {
        var text = _header.AsSpan(field).Trim(" \0"u8);
        long value = 0;
        foreach (var b in text)
        {
            if (b is < (byte)'0' or > (byte)'7') throw Damaged("has a header with a number that is not octal");
            value = (value << 3) | (uint)(b - '0');
        }
        return value;
    }

    private string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Utf8(end < 0 ? field : field[..end]);
    }

    private string Utf8(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Damaged("has a name that is not UTF-8");

    private async ValueTask SkipAsync(long count, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(count, 64 * 1024)];
        while (count > 0)
        {
            var read = await input.ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw Damaged("ends in the middle of a file");
            count -= read;
        }
    }

    private DriftException Damaged(string problem) =>
        new(ErrorCode.InvalidContent, $"The tar archive {origin} {problem}.", "Make the archive again; this one is damaged or cut off.");
}
