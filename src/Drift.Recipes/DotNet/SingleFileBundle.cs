// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace Drift.Recipes;

/// <summary>
/// The files inside a single-file app. The .NET host finds them through a mark in itself: the offset of their header, and behind it the
/// SHA-256 of ".net core bundle" with a line break. The header tells where the two JSON files are (dotnet/designs, "Single-file bundler", version 2 and later).
/// </summary>
internal sealed record SingleFileBundle(ReadOnlyMemory<byte>? RuntimeConfig, ReadOnlyMemory<byte>? Dependencies)
{
    private const int WindowSize = 1024 * 1024;
    private const int MarkSize = sizeof(long) + 32;
    private const int MaximumIdentifier = 127;
    private const uint FirstVersionWithLocations = 2;

    private static ReadOnlySpan<byte> Signature =>
    [
        0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
        0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
    ];

    /// <summary>Reads the bundle of an executable; null when it is none, as an app's ordinary host is.</summary>
    public static SingleFileBundle? Read(string path)
    {
        using var file = File.OpenRead(path);
        if (FindHeader(file) is not (> 0 and var header) || header > file.Length) return null;
        // Two numbers of the version, the count of files, an identifier after one byte of its length, two places, and flags.
        var start = new byte[3 * sizeof(int) + 1 + MaximumIdentifier + 5 * sizeof(long)];
        file.Position = header;
        var count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (count < 13 || BinaryPrimitives.ReadUInt32LittleEndian(start) < FirstVersionWithLocations) throw DotNetJson.Invalid(path, "is a single-file app of .NET before 5");
        var places = 13 + start[12];
        if (start[12] > MaximumIdentifier || places + 4 * sizeof(long) > count) throw Damaged(path);
        return new SingleFileBundle(ReadPlace(file, start.AsSpan(places + 2 * sizeof(long)), path), ReadPlace(file, start.AsSpan(places), path));
    }

    /// <summary>The offset that the mark holds; 0 in a host that nothing was put into, null where there is no mark.</summary>
    private static long? FindHeader(FileStream file)
    {
        var window = new byte[WindowSize];
        var kept = 0;
        while (true)
        {
            var read = file.Read(window.AsSpan(kept));
            if (read == 0) return null;
            var filled = window.AsSpan(0, kept + read);
            var found = filled.IndexOf(Signature);
            if (found >= sizeof(long)) return BinaryPrimitives.ReadInt64LittleEndian(filled[(found - sizeof(long))..]);
            // A mark may lie across the end of the window.
            kept = Math.Min(MarkSize, filled.Length);
            filled[^kept..].CopyTo(window);
        }
    }

    private static ReadOnlyMemory<byte>? ReadPlace(FileStream file, ReadOnlySpan<byte> place, string path)
    {
        var offset = BinaryPrimitives.ReadInt64LittleEndian(place);
        var size = BinaryPrimitives.ReadInt64LittleEndian(place[sizeof(long)..]);
        if (size == 0) return null;
        if (size is < 0 or > DotNetJson.MaximumSize || offset < 0 || offset > file.Length - size) throw Damaged(path);
        var bytes = new byte[size];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static Drift.Oci.DriftException Damaged(string path) => DotNetJson.Invalid(path, "is a damaged single-file app");
}
