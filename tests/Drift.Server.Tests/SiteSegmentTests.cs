// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Server.Tests;

public sealed class SiteSegmentTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_thousand_paths_are_each_found_and_no_other_is()
    {
        var random = new Random(7);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        while (paths.Count < 20_000) paths.Add($"/{random.Next(50)}/{random.Next(50)}/page-{random.Next(1_000_000)}.html");
        var segment = await SiteSegment.CreateAsync(paths.Select(path => SiteFile.FromText(path, path)), cancellationToken: Cancelled);
        var reader = new SegmentReader(await ElfRulesTests.ReadAsync(segment.Content));
        Assert.Equal(segment.Length, reader.TotalLength);
        var slots = new HashSet<int>();
        foreach (var path in paths)
        {
            Assert.True(slots.Add(reader.SlotOf(Encoding.UTF8.GetBytes(path)) ?? -1));
            Assert.Equal(path, Encoding.UTF8.GetString(reader.Get(path).Body));
            Assert.False(reader.Has(path + "x"));
        }
        Assert.DoesNotContain(-1, slots);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(63)]
    [InlineData(64)]
    public async Task Any_number_of_files_fits(int count)
    {
        var segment = await SiteSegment.CreateAsync(Enumerable.Range(0, count).Select(i => SiteFile.FromText($"/{i}", $"{i}")), cancellationToken: Cancelled);
        var reader = new SegmentReader(await ElfRulesTests.ReadAsync(segment.Content));
        for (var i = 0; i < count; i++) Assert.Equal($"{i}", Encoding.UTF8.GetString(reader.Get($"/{i}").Body));
        Assert.Equal("OK", Encoding.UTF8.GetString(reader.Get("/health").Body));
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", reader.Get("/none").Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_order_of_files_does_not_matter()
    {
        SiteFile[] files = [.. Enumerable.Range(0, 100).Select(i => SiteFile.FromText($"/{i}.txt", $"text {i}"))];
        var first = await ElfRulesTests.ReadAsync((await SiteSegment.CreateAsync(files, cancellationToken: Cancelled)).Content);
        new Random(3).Shuffle(files);
        Assert.Equal(first, await ElfRulesTests.ReadAsync((await SiteSegment.CreateAsync(files, cancellationToken: Cancelled)).Content));
    }

    [Fact]
    public async Task A_head_tells_length_type_and_tag_and_nothing_that_depends_on_time()
    {
        var answer = await GetAsync([SiteFile.FromText("/", "grüße")], "/");
        var tag = Base64Url.EncodeToString(SHA256.HashData("grüße"u8).AsSpan(0, 16));
        var notModified = $"ETag: \"{tag}\"\r\nCache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: strict-origin-when-cross-origin\r\nX-Frame-Options: SAMEORIGIN\r\n";
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Type: text/html; charset=utf-8\r\n" + notModified, answer.Head);
        Assert.Equal(notModified, answer.NotModified);
    }

    [Theory]
    [InlineData(44, "400 Bad Request")]
    [InlineData(48, "404 Not Found")]
    [InlineData(52, "405 Method Not Allowed", "Allow: GET, HEAD\r\n")]
    [InlineData(56, "408 Request Timeout")]
    [InlineData(60, "413 Content Too Large")]
    [InlineData(64, "414 URI Too Long")]
    [InlineData(68, "417 Expectation Failed")]
    [InlineData(72, "431 Request Header Fields Too Large")]
    [InlineData(76, "501 Not Implemented")]
    [InlineData(80, "503 Service Unavailable")]
    [InlineData(84, "505 HTTP Version Not Supported")]
    public async Task An_error_says_its_status_as_text(int field, string status, string header = "")
    {
        var answer = new SegmentReader(await ReadAsync([])).Error(field);
        Assert.Equal($"HTTP/1.1 {status}\r\nContent-Length: {status.Length + 2}\r\nContent-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\n{header}", answer.Head);
        Assert.Equal(status + "\r\n", answer.Text);
        Assert.Null(answer.NotModified);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/healthz")]
    public async Task Health_is_there_on_every_site(string path)
    {
        var answer = await GetAsync([], path);
        Assert.Equal((200, "OK", "no-store", true), (answer.Status, answer.Text, answer.Header("Cache-Control"), answer.IsHealth));
    }

    [Fact]
    public async Task An_empty_site_is_small() => Assert.InRange((await ReadAsync([])).Length, 1, 2300);

    [Fact]
    public async Task Equal_bodies_are_held_once()
    {
        var bytes = await ReadAsync([new("/a", 100_000, ContentSource.FromBytes(new byte[100_000]), "a/b"), new("/b", 100_000, ContentSource.FromBytes(new byte[100_000]), "a/b")]);
        Assert.InRange(bytes.Length, 100_000, 110_000);
        Assert.Equal(100_000, new SegmentReader(bytes).Get("/b").Body.Length);
    }

    [Fact]
    public async Task The_page_for_404_is_the_answer_404()
    {
        SiteFile[] files = [SiteFile.FromText("/404.html", "lost?")];
        var answer = await GetAsync(files, "/none");
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nContent-Type: text/html; charset=utf-8\r\n", answer.Head, StringComparison.Ordinal);
        Assert.Equal(("lost?", null), (answer.Text, answer.NotModified));
        Assert.Equal(200, (await GetAsync(files, "/404.html")).Status);
    }

    [Fact]
    public async Task Two_files_of_one_path_are_an_error()
    {
        var error = await RefusedAsync([SiteFile.FromText("/a", "1"), SiteFile.FromText("/a", "2")]);
        Assert.Contains("/a", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/healthz")]
    public async Task A_file_at_health_is_an_error_with_a_hint(string path) => Assert.NotNull((await RefusedAsync([SiteFile.FromText(path, "1")])).Hint);

    [Fact]
    public async Task More_than_4_GiB_is_an_error_before_anything_is_read()
    {
        var unread = ContentSource.Create(_ => throw new InvalidOperationException("It was read."));
        var other = ContentSource.Create(_ => throw new InvalidOperationException("It was read."));
        await RefusedAsync([new("/a", 3_000_000_000, unread, "a/b"), SiteFile.FromText("/b", "b"), new("/c", 3_000_000_000, other, "a/b")]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_file_that_changed_its_length_is_an_error(int promised)
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => ReadAsync([new("/a", promised, ContentSource.FromBytes("12345"u8.ToArray()), "a/b")]));
        Assert.Equal(ErrorCode.LayerSource, error.Code);
    }

    [Fact]
    public async Task A_file_that_changes_between_its_tag_and_its_packing_is_an_error()
    {
        byte[] content = [.. "12345"u8];
        var segment = await SiteSegment.CreateAsync([new("/a", 5, ContentSource.FromBytes(content), "a/b")], cancellationToken: Cancelled);
        content[0] = (byte)'x';
        var error = await Assert.ThrowsAsync<DriftException>(() => ElfRulesTests.ReadAsync(segment.Content));
        Assert.Equal(ErrorCode.LayerSource, error.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/a\0b")]
    public async Task A_path_that_no_request_has_is_misuse(string path) =>
        await Assert.ThrowsAsync<ArgumentException>(() => SiteSegment.CreateAsync([SiteFile.FromText(path, "x")], cancellationToken: Cancelled));

    private static async Task<byte[]> ReadAsync(IEnumerable<SiteFile> files) => await ElfRulesTests.ReadAsync((await SiteSegment.CreateAsync(files, cancellationToken: Cancelled)).Content);

    private static async Task<SegmentAnswer> GetAsync(IEnumerable<SiteFile> files, string target) => new SegmentReader(await ReadAsync(files)).Get(target);

    private static async Task<DriftException> RefusedAsync(IEnumerable<SiteFile> files)
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => SiteSegment.CreateAsync(files, cancellationToken: Cancelled));
        Assert.Equal(ErrorCode.InvalidSite, error.Code);
        return error;
    }
}
