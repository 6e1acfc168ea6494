// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The header and program headers of a 64-bit little-endian ELF file.</summary>
public sealed class ElfFile
{
    // Linux itself refuses program headers of more than 64 KiB.
    private const int MaxSegments = 65536 / ElfFormat.ProgramHeaderSize;
    private const int MaxInterpreter = 4096;
    private const int EnoughBytes = 65536;

    private ElfFile(ElfType type, ElfMachine machine, ulong entry, IReadOnlyList<ElfSegment> segments, string? interpreter)
    {
        Interpreter = interpreter;
        Type = type;
        Machine = machine;
        Entry = entry;
        Segments = segments;
    }

    /// <summary>What the file is.</summary>
    public ElfType Type { get; }

    /// <summary>The processor it is for.</summary>
    public ElfMachine Machine { get; }

    /// <summary>The platform of that processor, with Linux; null when images are not built for it.</summary>
    public Platform? Platform => Machine switch
    {
        ElfMachine.X64 => Platform.LinuxAmd64,
        ElfMachine.AArch64 => Platform.LinuxArm64,
        _ => null,
    };

    /// <summary>The address of the first instruction.</summary>
    public ulong Entry { get; }

    /// <summary>The program headers, in the file's order.</summary>
    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>The dynamic linker that it needs, as the path in the file; null when it is static.</summary>
    public string? Interpreter { get; }

    /// <summary>Whether it can be run: not an object, a library without an entry, or a core dump.</summary>
    public bool IsExecutable =>
        (Type == ElfType.Executable || (Type == ElfType.Dynamic && Entry != 0)) && Segments.Any(segment => segment.Type == ElfSegmentType.Load);

    /// <summary>Reads an ELF file.</summary>
    /// <exception cref="DriftException">It is not such a file, it is damaged, or it cannot be read.</exception>
    public static async Task<ElfFile> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var content = await ContentSource.FromFile(path).OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var start = new byte[Math.Min(content.Length, EnoughBytes)];
            var count = await content.Stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Parse(start.AsSpan(0, count), content.Length, path);
        }
    }

    /// <summary>Reads an ELF file from its first bytes; 64 KiB are enough for any that linkers make.</summary>
    /// <param name="start">The first bytes of the file, or all.</param>
    /// <param name="fileLength">How long the whole file is.</param>
    /// <param name="name">How to name the file in errors.</param>
    /// <exception cref="DriftException">It is not such a file, or it is damaged: <see cref="ErrorCode.InvalidExecutable"/>.</exception>
    public static ElfFile Parse(ReadOnlySpan<byte> start, long fileLength, string name)
    {
        if (start.Length < ElfFormat.HeaderSize || !start.StartsWith(ElfFormat.Magic)) throw Invalid(name, "is not an ELF file");
        if (start[ElfFormat.Class] != 2) throw Invalid(name, "is an ELF file of 32 bits");
        if (start[ElfFormat.Data] != 1) throw Invalid(name, "is a big-endian ELF file");
        if (start[ElfFormat.IdentVersion] != 1) throw Invalid(name, "is an ELF file of an unknown version");

        var table = BinaryPrimitives.ReadUInt64LittleEndian(start[ElfFormat.SegmentsOffset..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(start[ElfFormat.SegmentCount..]);
        if (count > 0 && BinaryPrimitives.ReadUInt16LittleEndian(start[ElfFormat.SegmentSize..]) != ElfFormat.ProgramHeaderSize)
        {
            throw Invalid(name, "has program headers of an unknown size");
        }
        if (count > MaxSegments) throw Invalid(name, $"has {count} program headers, and Linux takes {MaxSegments}");
        if (count > 0 && (table > (ulong)start.Length || (ulong)start.Length - table < (ulong)(count * ElfFormat.ProgramHeaderSize)))
        {
            throw Invalid(name, "has program headers outside of the file");
        }

        var segments = new ElfSegment[count];
        for (var i = 0; i < count; i++)
        {
            segments[i] = ReadSegment(start.Slice((int)table + i * ElfFormat.ProgramHeaderSize, ElfFormat.ProgramHeaderSize));
            CheckSegment(segments[i], fileLength, name);
        }
        return new ElfFile(
            (ElfType)BinaryPrimitives.ReadUInt16LittleEndian(start[ElfFormat.Type..]),
            (ElfMachine)BinaryPrimitives.ReadUInt16LittleEndian(start[ElfFormat.Machine..]),
            BinaryPrimitives.ReadUInt64LittleEndian(start[ElfFormat.Entry..]),
            segments,
            InterpreterOf(segments, start));
    }

    // Its bytes as text, for a message: a hostile file must not move the terminal's cursor.
    private static string? InterpreterOf(ElfSegment[] segments, ReadOnlySpan<byte> start)
    {
        var segment = Array.Find(segments, segment => segment.Type == ElfSegmentType.Interpreter);
        if (segment is null) return null;
        if (segment.Offset >= (ulong)start.Length) return "?";
        var text = start[(int)segment.Offset..];
        text = text[..(int)Math.Min((ulong)Math.Min(text.Length, MaxInterpreter), segment.FileSize)].TrimEnd((byte)0);
        return string.Concat(Encoding.Latin1.GetString(text).Select(c => c is >= ' ' and <= '~' ? c : '?'));
    }

    private static ElfSegment ReadSegment(ReadOnlySpan<byte> header) => new(
        (ElfSegmentType)BinaryPrimitives.ReadInt32LittleEndian(header),
        (ElfSegmentFlags)BinaryPrimitives.ReadInt32LittleEndian(header[ElfFormat.ProgramFlags..]),
        BinaryPrimitives.ReadUInt64LittleEndian(header[ElfFormat.ProgramOffset..]),
        BinaryPrimitives.ReadUInt64LittleEndian(header[ElfFormat.ProgramAddress..]),
        BinaryPrimitives.ReadUInt64LittleEndian(header[ElfFormat.ProgramFileSize..]),
        BinaryPrimitives.ReadUInt64LittleEndian(header[ElfFormat.ProgramMemorySize..]),
        BinaryPrimitives.ReadUInt64LittleEndian(header[ElfFormat.ProgramAlignment..]));

    private static void CheckSegment(ElfSegment segment, long fileLength, string name)
    {
        var length = (ulong)fileLength;
        if (segment.FileSize > length || segment.Offset > length - segment.FileSize) throw Invalid(name, "has a segment outside of the file");
        if (segment.Type != ElfSegmentType.Load) return;
        if (segment.MemorySize < segment.FileSize) throw Invalid(name, "has a segment that is larger in the file than in memory");
        if (segment.Address > ulong.MaxValue - segment.MemorySize) throw Invalid(name, "has a segment outside of memory");
    }

    private static DriftException Invalid(string name, string problem) =>
        new(ErrorCode.InvalidExecutable, $"{name} {problem}.", "Give a 64-bit ELF executable for Linux.");
}
