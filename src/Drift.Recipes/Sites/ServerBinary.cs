// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A server and its site as one static executable.</summary>
public sealed class ServerBinary
{
    private const int LargestPlace = 4096;

    private ServerBinary(ReadOnlyMemory<byte> server, SiteSegment site)
    {
        Length = server.Length + site.Length;
        Content = ContentSource.Create(async cancellationToken =>
        {
            var opened = await site.Content.OpenAsync(cancellationToken).ConfigureAwait(false);
            return new OpenContent(new PrefixedStream(server, opened.Stream), Length);
        });
    }

    /// <summary>How many bytes it has.</summary>
    public long Length { get; }

    /// <summary>Its bytes; the same server and site give the same.</summary>
    public ContentSource Content { get; }

    /// <summary>Puts a site into a server: it replaces the last segment, and section headers are left out.</summary>
    /// <param name="serverElf">The server, as <c>server/build</c> makes it or <see cref="PrebuiltServer"/> carries it.</param>
    /// <param name="site">The site.</param>
    /// <exception cref="DriftException">The executable has no place for a site: <see cref="ErrorCode.InvalidExecutable"/>.</exception>
    public static ServerBinary Compose(ReadOnlyMemory<byte> serverElf, SiteSegment site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var elf = ElfFile.Parse(serverElf.Span, serverElf.Length, "The server");
        var last = elf.Segments.Select((segment, index) => (Segment: segment, Index: index)).LastOrDefault(s => s.Segment.Type == ElfSegmentType.Load);
        // The place is a header of zeros.
        if (last.Segment is not { Flags: ElfSegmentFlags.Read, FileSize: > 0 and <= LargestPlace, Offset: <= int.MaxValue }
            || serverElf.Span.Slice((int)last.Segment.Offset, (int)last.Segment.FileSize).ContainsAnyExcept((byte)0))
        {
            throw new DriftException(ErrorCode.InvalidExecutable, "The server's last segment is not a place for a site.", "Build the server with server/build.");
        }

        var server = serverElf.Span[..(int)last.Segment.Offset].ToArray();
        var table = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(server.AsSpan(ElfFormat.SegmentsOffset)));
        var header = server.AsSpan(table + last.Index * ElfFormat.ProgramHeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header[ElfFormat.ProgramFileSize..], (ulong)site.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[ElfFormat.ProgramMemorySize..], (ulong)site.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(server.AsSpan(ElfFormat.SectionsOffset), 0);
        BinaryPrimitives.WriteUInt16LittleEndian(server.AsSpan(ElfFormat.SectionSize), 0);
        BinaryPrimitives.WriteUInt16LittleEndian(server.AsSpan(ElfFormat.SectionCount), 0);
        BinaryPrimitives.WriteUInt16LittleEndian(server.AsSpan(ElfFormat.SectionNames), 0);
        return new ServerBinary(server, site);
    }
}
