// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using Drift.Oci;
using Drift.Recipes;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>What must hold for the executables, with and without a site.</summary>
public sealed class ElfRulesTests
{
    private const ulong LargestPage = 65536;
    private const int FrontBudget = 16384;
    private const int CodeBudget = 11264;

    public static TheoryData<string> Architectures => Architecture.Names;

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_server_with_its_site_keeps_the_rules(string name)
    {
        var architecture = Architecture.Of(name);
        var binary = ServerBinary.Compose(PrebuiltServer.Read(architecture.Platform), await SiteSegment.CreateAsync([SiteFile.FromText("/", "page")], cancellationToken: TestContext.Current.CancellationToken));
        var bytes = await ReadAsync(binary.Content);
        Assert.Equal(binary.Length, bytes.Length);
        var elf = ElfFile.Parse(bytes, bytes.Length, "the server");

        Assert.Equal(ElfType.Dynamic, elf.Type);
        Assert.Equal(architecture == Architecture.X64 ? ElfMachine.X64 : ElfMachine.AArch64, elf.Machine);
        Assert.True(elf.IsExecutable);
        Assert.Null(elf.Interpreter);
        Assert.Equal([ElfSegmentType.Load, ElfSegmentType.Load, ElfSegmentType.Load, ElfSegmentType.GnuStack], elf.Segments.Select(segment => segment.Type));
        Assert.Equal(
            [ElfSegmentFlags.Read, ElfSegmentFlags.Read | ElfSegmentFlags.Execute, ElfSegmentFlags.Read, ElfSegmentFlags.Read | ElfSegmentFlags.Write],
            elf.Segments.Select(segment => segment.Flags));
        foreach (var segment in elf.Segments.Where(segment => segment.Type == ElfSegmentType.Load))
        {
            Assert.Equal(LargestPage, segment.Alignment);
            Assert.Equal(segment.Offset % LargestPage, segment.Address % LargestPage);
            Assert.Equal(segment.FileSize, segment.MemorySize);
        }
        // Each in 64 KiB pages of its own, and the file without gaps but for alignment.
        for (var i = 1; i < 3; i++)
        {
            var (before, segment) = (elf.Segments[i - 1], elf.Segments[i]);
            Assert.True(segment.Address / LargestPage > (before.Address + before.MemorySize - 1) / LargestPage);
            Assert.InRange(segment.Offset - before.Offset - before.FileSize, 0ul, 15ul);
        }
        Assert.Equal((ulong)bytes.Length, elf.Segments[2].Offset + elf.Segments[2].FileSize);
        Assert.True(elf.Segments[1].FileSize <= CodeBudget, $"{elf.Segments[1].FileSize} bytes of code");
        Assert.True(elf.Segments[2].Offset <= FrontBudget, $"{elf.Segments[2].Offset} bytes before the site");
        // No section headers: they went with what followed the site's place.
        Assert.Equal(0ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(40)));
        Assert.Equal(0ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(58)) & 0xffff_ffff_ffff);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_server_has_no_relocations_and_no_writable_sections(string name)
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Combine("server");
        await File.WriteAllBytesAsync(path, PrebuiltServer.Read(Architecture.Of(name).Platform).ToArray(), TestContext.Current.CancellationToken);
        var run = (await ProcessRun.RunAsync(Need.Program("llvm-readelf"), ["-r", "-S", "-W", path], cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
        Assert.Contains("There are no relocations in this file", run.Output, StringComparison.Ordinal);
        foreach (var section in new[] { ".data", ".bss", ".dynamic", ".got", ".interp", ".rel" })
        {
            Assert.DoesNotContain($" {section}", run.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Two_builds_in_two_places_give_the_same_bytes(string name)
    {
        using var directory = new TemporaryDirectory();
        var copy = directory.Combine("copy");
        foreach (var file in Directory.EnumerateFiles(RepositoryRoot.Server(), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(RepositoryRoot.Server(), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        var output = directory.Combine("out", "server");
        (await ProcessRun.RunAsync(Path.Combine(copy, "build"), [name, output], cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
        Assert.Equal(PrebuiltServer.Read(Architecture.Of(name).Platform).ToArray(), await File.ReadAllBytesAsync(output, TestContext.Current.CancellationToken));
    }

    internal static async Task<byte[]> ReadAsync(ContentSource source)
    {
        await using var content = await source.OpenAsync();
        var bytes = new MemoryStream();
        await content.Stream.CopyToAsync(bytes);
        Assert.Equal(content.Length, bytes.Length);
        return bytes.ToArray();
    }
}
