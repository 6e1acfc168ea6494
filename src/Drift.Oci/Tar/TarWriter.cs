// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Drift.Oci;

/// <summary>
/// Writes a tar archive as a stream: ustar headers, and a pax header where a value does not fit (a long path, a file of 8 GiB, a large
/// owner number, a name that is not ASCII) or has no place in ustar (extended attributes). The bytes depend on nothing but the entries.
/// </summary>
public sealed class TarWriter(Stream output)
{
    private const long OctalLimit11 = 1L << 33;
    private const long OctalLimit7 = 1L << 21;
    private static readonly byte[] Zeros = new byte[2 * TarFormat.BlockSize];
    private readonly byte[] _header = new byte[TarFormat.BlockSize];
    private readonly byte[] _buffer = new byte[128 * 1024];

    /// <summary>
    /// Whether a size of 8 GiB or more is written as GNU tar does, in the binary form of the header's field and without a pax header: a file's
    /// header then takes the same room whatever its size.
    /// </summary>
    internal bool UseBinarySizes { get; init; }

    /// <summary>Writes an entry without content.</summary>
    public async ValueTask WriteAsync(TarEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Size != 0) throw new ArgumentException("The entry has content.", nameof(entry));
        await WriteHeaderAsync(entry, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes an entry and its content, of exactly the entry's size.</summary>
    /// <exception cref="DriftException">The content is shorter or longer than the entry says: it changed while it was read.</exception>
    public async ValueTask WriteAsync(TarEntry entry, Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(content);
        await WriteHeaderAsync(entry, cancellationToken).ConfigureAwait(false);
        var rest = entry.Size;
        while (true)
        {
            // One byte more than is left to write tells whether the content has grown.
            var read = await content.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(_buffer.Length, rest + 1)), cancellationToken).ConfigureAwait(false);
            if (read == 0) break;
            if (read > rest) throw Changed(entry, "grew");
            rest -= read;
            await output.WriteAsync(_buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
        if (rest > 0) throw Changed(entry, "shrank");
        await output.WriteAsync(Zeros.AsMemory(0, TarFormat.PaddingOf(entry.Size)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the archive with its two zero blocks. The stream stays open.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken = default) =>
        await output.WriteAsync(Zeros, cancellationToken).ConfigureAwait(false);

    /// <summary>Writes the header of an entry; its content, and what completes the last block, is left to the caller.</summary>
    internal async ValueTask WriteHeaderAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        var path = entry.Type == TarEntryType.Directory && !entry.Path.EndsWith('/') ? entry.Path + "/" : entry.Path;
        var (prefix, name, pathFits) = SplitPath(path);
        var linkFits = IsAscii(entry.LinkTarget) && entry.LinkTarget.Length <= 100;

        var records = new ArrayBufferWriter<byte>();
        if (!pathFits) AppendRecord(records, "path", path);
        if (!linkFits) AppendRecord(records, "linkpath", entry.LinkTarget);
        if (entry.Size >= OctalLimit11 && !UseBinarySizes) AppendRecord(records, "size", Number(entry.Size));
        if (entry.UserId >= OctalLimit7) AppendRecord(records, "uid", Number(entry.UserId));
        if (entry.GroupId >= OctalLimit7) AppendRecord(records, "gid", Number(entry.GroupId));
        if (entry.ModificationTime is < 0 or >= OctalLimit11) AppendRecord(records, "mtime", Number(entry.ModificationTime));
        if (entry.ExtendedAttributes is { } attributes)
        {
            foreach (var (attribute, value) in attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal)) AppendRecord(records, TarFormat.ExtendedAttribute + attribute, value.Span);
        }
        if (records.WrittenCount > 0)
        {
            var data = records.WrittenMemory;
            Fill("", "PaxHeaders/" + (pathFits ? "entry" : Shortened(path)), TarFormat.PaxHeader, entry with { Mode = 0b110_100_100, Size = data.Length, LinkTarget = "" });
            await output.WriteAsync(_header, cancellationToken).ConfigureAwait(false);
            await output.WriteAsync(data, cancellationToken).ConfigureAwait(false);
            await output.WriteAsync(Zeros.AsMemory(0, TarFormat.PaddingOf(data.Length)), cancellationToken).ConfigureAwait(false);
        }
        Fill(prefix, name, (byte)entry.Type, linkFits ? entry : entry with { LinkTarget = Shortened(entry.LinkTarget) });
        await output.WriteAsync(_header, cancellationToken).ConfigureAwait(false);
    }

    private void Fill(string prefix, string name, byte typeFlag, TarEntry entry)
    {
        var header = _header.AsSpan();
        header.Clear();
        Encoding.ASCII.GetBytes(name, header[TarFormat.Name]);
        Encoding.ASCII.GetBytes(prefix, header[TarFormat.Prefix]);
        Octal(header[TarFormat.Mode], entry.Mode & 0b111_111_111_111);
        Octal(header[TarFormat.UserId], entry.UserId < OctalLimit7 ? entry.UserId : 0);
        Octal(header[TarFormat.GroupId], entry.GroupId < OctalLimit7 ? entry.GroupId : 0);
        if (entry.Size < OctalLimit11) Octal(header[TarFormat.Size], entry.Size);
        else if (UseBinarySizes) Binary(header[TarFormat.Size], entry.Size);
        else Octal(header[TarFormat.Size], 0);
        Octal(header[TarFormat.ModificationTime], entry.ModificationTime is >= 0 and < OctalLimit11 ? entry.ModificationTime : 0);
        header[TarFormat.TypeFlag] = typeFlag;
        Encoding.ASCII.GetBytes(entry.LinkTarget, header[TarFormat.LinkName]);
        "ustar\0"u8.CopyTo(header[TarFormat.Magic]);
        "00"u8.CopyTo(header[TarFormat.Version]);
        if (entry.Type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice)
        {
            Octal(header[TarFormat.DeviceMajor], entry.Device.Major);
            Octal(header[TarFormat.DeviceMinor], entry.Device.Minor);
        }
        // The checksum field ends with NUL and a space, as every tar writes it.
        Octal(header[TarFormat.Checksum][..7], TarFormat.ChecksumOf(header));
        header[TarFormat.Checksum][7] = (byte)' ';
    }

    /// <summary>Splits a path into ustar's prefix (155 bytes) and name (100 bytes) at a slash.</summary>
    private static (string Prefix, string Name, bool Fits) SplitPath(string path)
    {
        if (!IsAscii(path)) return ("", Shortened(path), false);
        if (path.Length <= 100) return ("", path, true);
        if (path.Length <= 256)
        {
            // The first slash that leaves at most 100 bytes for the name; a trailing slash is part of the name.
            var slash = path.IndexOf('/', path.Length - 101);
            if (slash is > 0 and <= 155 && slash < path.Length - 1) return (path[..slash], path[(slash + 1)..], true);
        }
        return ("", Shortened(path), false);
    }

    /// <summary>What readers without pax see: the end of the path, in ASCII.</summary>
    private static string Shortened(string path)
    {
        var ascii = string.Create(path.Length, path, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsAscii(text[i]) ? text[i] : '_';
        });
        return ascii.Length <= 80 ? ascii : ascii[^80..];
    }

    private static bool IsAscii(string text) => System.Text.Ascii.IsValid(text);

    /// <summary>A pax record, <c>LENGTH KEY=VALUE\n</c>, whose decimal length counts itself (POSIX.1-2001, pax, "Extended Header").</summary>
    private static void AppendRecord(ArrayBufferWriter<byte> records, string key, ReadOnlySpan<byte> value)
    {
        var rest = 1 + Encoding.UTF8.GetByteCount(key) + 1 + value.Length + 1;
        var length = rest + 1;
        while (length != rest + Number(length).Length) length = rest + Number(length).Length;
        records.Write(Encoding.UTF8.GetBytes($"{Number(length)} {key}="));
        records.Write(value);
        records.Write("\n"u8);
    }

    private static void AppendRecord(ArrayBufferWriter<byte> records, string key, string value) => AppendRecord(records, key, Encoding.UTF8.GetBytes(value));

    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3) field[i] = (byte)('0' + (value & 7));
    }

    /// <summary>A big-endian number after a byte that no digit is.</summary>
    private static void Binary(Span<byte> field, long value)
    {
        field[0] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(field[^8..], value);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static DriftException Changed(TarEntry entry, string how) =>
        new(ErrorCode.LayerSource, $"The content of /{entry.Path} {how} while it was read; {entry.Size} bytes were expected.",
            "Build again when nothing writes to the file.");
}
