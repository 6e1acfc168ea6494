// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>Archives from anyone: damaged, or made to write or read outside.</summary>
public sealed class HostileArchiveTests : DistributionTest
{
    private string Archive => Folder.Combine("x.tar");

    [Theory(Timeout = Limit)]
    [InlineData("../outside")]
    [InlineData("blobs/sha256/../../../outside")]
    [InlineData("/tmp/outside-of-drift")]
    [InlineData("./../outside")]
    public async Task No_name_leads_outside(string name)
    {
        var root = await WriteImageAsync($"oci-archive:{Archive}:v1");
        var entries = await TarFile.ReadAsync(Archive);
        await WriteTarAsync([.. entries, (TarFile.File(name, [1]), [1])]);
        // What is no part of a layout is not taken.
        Assert.Equal(root.Digest, (await CopyAsync($"oci-archive:{Archive}", $"oci:{Folder.Combine("layout")}")).Digest);
        Assert.False(File.Exists("/tmp/outside-of-drift"));
        Assert.DoesNotContain(FilesIn(Folder.Path), file => file.Contains("outside", StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public async Task No_link_stands_for_content(TarEntryType type)
    {
        await WriteImageAsync($"oci-archive:{Archive}:v1");
        var entries = await TarFile.ReadAsync(Archive);
        var stolen = Folder.Write("index.json", Encoding.UTF8.GetString(entries.Single(entry => entry.Entry.Path == "index.json").Content));
        await WriteTarAsync(entries.Select(entry => entry.Entry.Path == "index.json"
            ? (new TarEntry { Path = "index.json", Type = type, LinkTarget = stolen }, [])
            : entry));
        AssertContains(Archive, (await FailsAsync(ErrorCode.InvalidContent, ReadOciAsync)).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task A_name_stands_once()
    {
        await WriteImageAsync($"oci-archive:{Archive}:v1");
        var entries = await TarFile.ReadAsync(Archive);
        await WriteTarAsync([.. entries, entries[0]]);
        AssertContains("twice", (await FailsAsync(ErrorCode.InvalidContent, ReadOciAsync)).Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_archive_cut_off_anywhere_is_an_error(bool compressed)
    {
        await WriteImageAsync($"oci-archive:{Archive}:v1");
        var whole = await File.ReadAllBytesAsync(Archive, Cancelled);
        if (compressed) whole = TarFile.Gzip(whole);
        // The last 1,024 bytes are the end mark, which readers do without.
        for (var length = 0; length < whole.Length - (compressed ? 1 : 1024); length += 509)
        {
            await File.WriteAllBytesAsync(Archive, whole[..length], Cancelled);
            var error = await Assert.ThrowsAnyAsync<DriftException>(ReadOciAsync);
            Assert.True(error.Code is ErrorCode.InvalidContent or ErrorCode.NotFound, $"{length}: {error}");
            AssertContains(Archive, error.Message);
        }
        Assert.False(File.Exists(Folder.Combine("layout/index.json")));
    }

    [Theory(Timeout = Limit)]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("\u001f\u008bgarbage in gzip's clothes")]
    [InlineData("long")]
    public async Task Garbage_is_an_error(string text)
    {
        await File.WriteAllBytesAsync(Archive, text == "long" ? RandomBytes(100_000) : Encoding.Latin1.GetBytes(text), Cancelled);
        AssertContains(Archive, (await FailsAsync(ErrorCode.InvalidContent, ReadOciAsync)).Message);
        AssertContains(Archive, (await FailsAsync(ErrorCode.InvalidContent, ReadDockerAsync)).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task An_absent_archive_and_a_folder_are_errors()
    {
        AssertContains(Archive, (await FailsAsync(ErrorCode.SourceNotFound, ReadOciAsync)).Message);
        Directory.CreateDirectory(Archive);
        AssertContains(Archive, (await FailsAsync(ErrorCode.FileSystem, ReadDockerAsync)).Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("""[{"Config":null,"Layers":[]}]""")]
    [InlineData("""[{"Config":"c.json","Layers":[null]}]""")]
    [InlineData("""[{"Config":"../../../../../../etc/passwd","Layers":[]}]""")]
    [InlineData("""[{"Config":"/etc/passwd","Layers":[]}]""")]
    [InlineData("""[{"Config":"c.json","Layers":["../../../../../../etc/passwd"]}]""")]
    [InlineData("""[{"Config":"c.json","Layers":["link"]}]""")]
    [InlineData("""[{"Config":"c.json","Layers":["folder"]}]""")]
    [InlineData("""[{"Config":"c.json","Layers":["gone.tar"]}]""")]
    [InlineData("""[{"Config":"manifest.json/x","Layers":[]}]""")]
    public async Task A_docker_archive_reads_only_its_own_files(string list)
    {
        var json = Encoding.UTF8.GetBytes(list);
        await WriteTarAsync(
        [
            (TarFile.File("c.json", [1]), [1]), (TarFile.File("folder/file", [1]), [1]),
            (new TarEntry { Path = "link", Type = TarEntryType.SymbolicLink, LinkTarget = "/etc/passwd" }, []),
            (TarFile.File("manifest.json", json), json),
        ]);
        var error = await Assert.ThrowsAnyAsync<DriftException>(ReadDockerAsync);
        Assert.True(error.Code is ErrorCode.InvalidContent or ErrorCode.NotFound, error.ToString());
        Assert.False(File.Exists(Folder.Combine("layout/index.json")));
    }

    private Task ReadOciAsync() => CopyAsync($"oci-archive:{Archive}", $"oci:{Folder.Combine("layout")}");

    private Task ReadDockerAsync() => CopyAsync($"docker-archive:{Archive}", $"oci:{Folder.Combine("layout")}");

    private async Task WriteTarAsync(IEnumerable<(TarEntry Entry, byte[] Content)> entries) =>
        await File.WriteAllBytesAsync(Archive, await TarFile.OfAsync(entries), Cancelled);
}
