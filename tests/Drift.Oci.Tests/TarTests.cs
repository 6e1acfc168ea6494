// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.TestKit;

namespace Drift.Oci.Tests;

/// <summary>Archives that Drift writes are read by GNU tar and by Drift; archives that GNU tar writes are read by Drift.</summary>
public sealed class TarTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task GNU_tar_reads_every_kind_of_entry_and_every_length_of_path()
    {
        var paths = new[] { 1, 99, 100, 101, 155, 156, 255, 256, 257, 300, 1000 }.Select(PathOfLength).Append("ünïcode/名前").ToArray();
        var entries = paths.Select(path => (new TarEntry { Path = path, Type = TarEntryType.File, Mode = 0b110_100_000, Size = 5, ModificationTime = 1_700_000_000 }, "hello"))
            .Append((new TarEntry { Path = "folder", Type = TarEntryType.Directory, Mode = 0b111_101_101 }, ""))
            .Append((new TarEntry { Path = "link", Type = TarEntryType.SymbolicLink, LinkTarget = "folder" }, ""))
            .Append((new TarEntry { Path = "longlink", Type = TarEntryType.SymbolicLink, LinkTarget = PathOfLength(500) }, ""));
        var archive = await WriteAsync(entries);

        var listed = (await ProcessRun.RunAsync("tar", ["--list", "--quoting-style=literal", "--show-transformed-names", "-f", archive], cancellationToken: Cancelled)).EnsureSuccess();
        Assert.Equal([.. paths, "folder/", "link", "longlink"], listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", listed.Error);
        var verbose = (await ProcessRun.RunAsync("tar", ["--list", "--verbose", "--numeric-owner", "--utc", "-f", archive, PathOfLength(300)], cancellationToken: Cancelled)).EnsureSuccess();
        Assert.StartsWith("-rw-r----- 0/0               5 2023-11-14 22:13", verbose.Output, StringComparison.Ordinal);

        Assert.Equal([.. paths, "folder/", "link", "longlink"], (await ReadAsync(archive)).Select(entry => entry.Path));
        Assert.Equal(PathOfLength(500), (await ReadAsync(archive))[^1].LinkTarget);
    }

    [Fact]
    public async Task A_header_has_the_bytes_of_the_standard()
    {
        var archive = await WriteAsync([(new TarEntry { Path = "app/server", Type = TarEntryType.File, Mode = 0b111_101_101, UserId = 65532, GroupId = 65532, Size = 3 }, "abc")]);
        var bytes = await File.ReadAllBytesAsync(archive, Cancelled);
        Assert.Equal(512 + 512 + 1024, bytes.Length);
        var header = Encoding.ASCII.GetString(bytes, 0, 512);
        Assert.Equal("app/server\0", header[..11]);
        Assert.Equal("0000755\0" + "0177774\0" + "0177774\0" + "00000000003\0" + "00000000000\0", header[100..148]);
        Assert.Equal("0", header[156..157]);
        Assert.Equal("ustar\0" + "00", header[257..265]);
        // The sum of all bytes with the checksum field as spaces, in octal.
        var sum = header.Sum(c => c) - header[148..156].Sum(c => c) + (8 * ' ');
        Assert.Equal(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header[148..156]);
    }

    [Fact]
    public async Task Numbers_that_octal_cannot_hold_survive()
    {
        // Only the header: nobody writes 9 GiB for a test.
        var entry = new TarEntry { Path = "huge", Type = TarEntryType.File, Size = 9L << 30, UserId = 5_000_000_000, GroupId = 3_000_000, ModificationTime = -5 };
        using var archive = new MemoryStream();
        await Assert.ThrowsAsync<DriftException>(async () => await new TarWriter(archive).WriteAsync(entry, Stream.Null, Cancelled));
        archive.Position = 0;
        var read = await new TarReader(archive, "test").ReadAsync(Cancelled);
        Assert.Equal((9L << 30, 5_000_000_000, 3_000_000, -5), (read!.Size, read.UserId, read.GroupId, read.ModificationTime));
    }

    [Theory]
    [InlineData("gnu")]
    [InlineData("pax")]
    [InlineData("ustar")]
    public async Task Archives_of_GNU_tar_are_read(string format)
    {
        var longPath = PathOfLength(format == "ustar" ? 200 : 400);
        _folder.Write("in/" + longPath, "content");
        File.CreateSymbolicLink(_folder.Combine("in", "link"), "target");
        var archive = _folder.Combine("gnu.tar");
        (await ProcessRun.RunAsync("tar", ["--create", $"--format={format}", "--sort=name", "-f", archive, "-C", _folder.Combine("in"), "."], cancellationToken: Cancelled)).EnsureSuccess();
        var entries = await ReadAsync(archive);
        var file = Assert.Single(entries, entry => entry.Type == TarEntryType.File);
        Assert.Equal(("./" + longPath, 7L), (file.Path, file.Size));
        Assert.Equal("target", Assert.Single(entries, entry => entry.Type == TarEntryType.SymbolicLink).LinkTarget);
    }

    [Fact]
    public async Task Content_that_changes_its_length_stops_the_archive()
    {
        var entry = new TarEntry { Path = "a", Type = TarEntryType.File, Size = 5 };
        foreach (var content in new[] { "four", "sixsix" })
        {
            using var stream = new MemoryStream(Encoding.ASCII.GetBytes(content));
            var error = await Assert.ThrowsAsync<DriftException>(async () => await new TarWriter(Stream.Null).WriteAsync(entry, stream, Cancelled));
            Assert.Equal(ErrorCode.LayerSource, error.Code);
        }
    }

    [Fact]
    public async Task A_damaged_archive_is_refused_wherever_it_is_cut()
    {
        var archive = await WriteAsync([(new TarEntry { Path = PathOfLength(300), Type = TarEntryType.File, Size = 700 }, new string('x', 700))]);
        var whole = await File.ReadAllBytesAsync(archive, Cancelled);
        var content = whole.Length - 1024;
        for (var length = 1; length < content; length += 37)
        {
            using var cut = new MemoryStream(whole, 0, length);
            var error = await Assert.ThrowsAsync<DriftException>(() => ReadAllAsync(cut));
            Assert.Equal(ErrorCode.InvalidContent, error.Code);
        }
    }

    [Fact]
    public async Task Every_flipped_bit_of_a_header_is_noticed_or_harmless()
    {
        var archive = await WriteAsync([(new TarEntry { Path = "a", Type = TarEntryType.File, Size = 3 }, "abc")]);
        var whole = await File.ReadAllBytesAsync(archive, Cancelled);
        for (var bit = 0; bit < 512 * 8; bit++)
        {
            // The checksum's own field: a leading zero, and what ends it, may be written in several ways.
            if (bit / 8 is 148 or 154 or 155) continue;
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            using var stream = new MemoryStream(damaged);
            await Assert.ThrowsAsync<DriftException>(() => ReadAllAsync(stream));
        }
    }

    private static string PathOfLength(int length)
    {
        var path = new StringBuilder();
        while (path.Length < length) path.Append(path.Length % 50 == 49 && path.Length < length - 1 ? '/' : 'a');
        return path.ToString();
    }

    private async Task<string> WriteAsync(IEnumerable<(TarEntry Entry, string Content)> entries)
    {
        var path = _folder.Combine(Guid.NewGuid().ToString("n"));
        await using var file = File.Create(path);
        var writer = new TarWriter(file);
        foreach (var (entry, content) in entries)
        {
            using var stream = new MemoryStream(Encoding.ASCII.GetBytes(content));
            await writer.WriteAsync(entry, stream, Cancelled);
        }
        await writer.FinishAsync(Cancelled);
        return path;
    }

    private static async Task<List<TarEntry>> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return await ReadAllAsync(file);
    }

    private static async Task<List<TarEntry>> ReadAllAsync(Stream stream)
    {
        var reader = new TarReader(stream, "test");
        var entries = new List<TarEntry>();
        while (await reader.ReadAsync(Cancelled) is { } entry) entries.Add(entry);
        return entries;
    }
}
