// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Server.Tests;

public sealed class SiteSegmentTests
{
    [Fact]
    public async Task Twenty_thousand_paths_are_each_found_and_no_other_is()
    {
        var random = new Random(7);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        while (paths.Count < 20_000) paths.Add($"/{random.Next(50)}/{random.Next(50)}/page-{random.Next(1_000_000)}.html");
        var segment = SiteSegment.Create(paths.Select(path => SiteFile.FromText(path, path)));
        var reader = new SegmentReader(await ElfRulesTests.ReadAsync(segment.Content));
        Assert.Equal(segment.Length, reader.TotalLength);
        var slots = new HashSet<int>();
        foreach (var path in paths)
        {
            Assert.True(slots.Add(reader.SlotOf(path) ?? -1));
            Assert.Equal(path, Encoding.UTF8.GetString(reader.Find(path).Body));
            Assert.Null(reader.SlotOf(path + "x"));
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
        var segment = SiteSegment.Create(Enumerable.Range(0, count).Select(i => SiteFile.FromText($"/{i}", $"{i}")));
        var reader = new SegmentReader(await ElfRulesTests.ReadAsync(segment.Content));
        for (var i = 0; i < count; i++) Assert.Equal($"{i}", Encoding.UTF8.GetString(reader.Find($"/{i}").Body));
        Assert.Equal("OK", Encoding.UTF8.GetString(reader.Find("/health").Body));
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", reader.Find("/none").Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_order_of_files_does_not_matter()
    {
        SiteFile[] files = [.. Enumerable.Range(0, 100).Select(i => SiteFile.FromText($"/{i}.txt", $"text {i}"))];
        var first = await ElfRulesTests.ReadAsync(SiteSegment.Create(files).Content);
        new Random(3).Shuffle(files);
        Assert.Equal(first, await ElfRulesTests.ReadAsync(SiteSegment.Create(files).Content));
    }

    [Fact]
    public async Task Heads_tell_type_and_length_and_the_two_differ_in_one_line()
    {
        var segment = SiteSegment.Create([SiteFile.FromText("/", "grüße")]);
        var reader = new SegmentReader(await ElfRulesTests.ReadAsync(segment.Content));
        const string Common = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 7\r\nX-Content-Type-Options: nosniff\r\n";
        Assert.Equal(Common + "\r\n", reader.Find("/").Head);
        Assert.Equal(Common + "Connection: close\r\n\r\n", reader.Find("/", close: true).Head);
    }

    [Fact]
    public async Task A_body_that_two_paths_share_is_held_once()
    {
        var content = ContentSource.FromBytes(new byte[100_000]);
        var segment = SiteSegment.Create([new("/a", 100_000, content, "a/b"), new("/b", 100_000, content, "a/b")]);
        Assert.InRange(segment.Length, 100_000, 110_000);
        Assert.Equal(100_000, new SegmentReader(await ElfRulesTests.ReadAsync(segment.Content)).Find("/b").Body.Length);
    }

    [Fact]
    public async Task The_page_for_404_is_the_answer_404()
    {
        var segment = SiteSegment.Create([SiteFile.FromText("/404.html", "lost?")]);
        var (head, body) = new SegmentReader(await ElfRulesTests.ReadAsync(segment.Content)).Find("/none");
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5\r\n", head, StringComparison.Ordinal);
        Assert.Equal("lost?"u8.ToArray(), body);
    }

    [Fact]
    public void Two_files_of_one_path_are_an_error()
    {
        var error = Assert.Throws<DriftException>(() => SiteSegment.Create([SiteFile.FromText("/a", "1"), SiteFile.FromText("/a", "2")]));
        Assert.Equal((ErrorCode.InvalidSite, true), (error.Code, error.Message.Contains("/a", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_at_health_is_an_error_with_a_hint()
    {
        var error = Assert.Throws<DriftException>(() => SiteSegment.Create([SiteFile.FromText("/health", "1")]));
        Assert.Equal(ErrorCode.InvalidSite, error.Code);
        Assert.NotNull(error.Hint);
    }

    [Fact]
    public void More_than_4_GiB_is_an_error_before_anything_is_read()
    {
        var unread = ContentSource.Create(_ => throw new InvalidOperationException("It was read."));
        var error = Assert.Throws<DriftException>(() => SiteSegment.Create([new("/a", 3_000_000_000, unread, "a/b"), SiteFile.FromText("/b", "b"),
            new("/c", 3_000_000_000, ContentSource.Create(_ => throw new InvalidOperationException("It was read.")), "a/b")]));
        Assert.Equal(ErrorCode.InvalidSite, error.Code);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_file_that_changed_its_length_is_an_error(int promised)
    {
        var segment = SiteSegment.Create([new("/a", promised, ContentSource.FromBytes("12345"u8.ToArray()), "a/b")]);
        var error = await Assert.ThrowsAsync<DriftException>(() => ElfRulesTests.ReadAsync(segment.Content));
        Assert.Equal(ErrorCode.LayerSource, error.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/a b")]
    [InlineData("/a?b")]
    [InlineData("/é")]
    [InlineData("/a\r\nb")]
    public void A_path_that_no_browser_sends_is_misuse(string path) =>
        Assert.Throws<ArgumentException>(() => SiteSegment.Create([SiteFile.FromText(path, "x")]));
}
