// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>Destinations that cannot be written, or are given up half-way: nothing is left behind.</summary>
public sealed class DestinationTests : DistributionTest
{
    public static TheoryData<string> Archives => ["oci-archive", "docker-archive"];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Archives))]
    public async Task An_archive_cannot_replace_a_folder(string transport)
    {
        Directory.CreateDirectory(Folder.Combine("x.tar"));
        await FailsAsync(ErrorCode.FileSystem, () => WriteImageAsync($"{transport}:{Folder.Combine("x.tar")}"));
        Assert.Equal([Folder.Combine("x.tar")], Directory.GetFileSystemEntries(Folder.Path));
    }

    [Theory(Timeout = Limit)]
    [InlineData("oci:")]
    [InlineData("oci-archive:")]
    [InlineData("docker-archive:")]
    public async Task Says_that_the_file_system_refuses(string transport)
    {
        // /proc takes no new file, whoever asks.
        await FailsAsync(ErrorCode.FileSystem, () => WriteImageAsync(transport + "/proc/drift-test/x"));
        var file = Folder.Write("file", "");
        await FailsAsync(ErrorCode.FileSystem, () => WriteImageAsync($"{transport}{file}/x"));
        Assert.Equal([file], Directory.GetFileSystemEntries(Folder.Path));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Archives))]
    public async Task A_cancelled_archive_leaves_nothing(string transport)
    {
        var location = ImageLocation.Parse($"{transport}:{Folder.Combine("x.tar")}");
        using var cancelled = new CancellationTokenSource();
        await using (var destination = await ImageDestination.OpenAsync(location, Platform.LinuxAmd64, cancellationToken: Cancelled))
        {
            var image = await ImageOf(Platform.LinuxAmd64).PackAsync(destination.Sink, cancellationToken: Cancelled);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => destination.CompleteAsync(image.Descriptor, cancelled.Token));
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImageDestination.OpenAsync(location, cancellationToken: cancelled.Token));
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Path));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Archives))]
    public async Task A_failed_archive_leaves_the_old_one(string transport)
    {
        var path = Folder.Write("x.tar", "old");
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync($"{transport}:{path}", _ => throw new InvalidOperationException()));
        Assert.Equal("old", await File.ReadAllTextAsync(path, Cancelled));
        Assert.Equal([path], Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact(Timeout = Limit)]
    public async Task A_failed_source_leaves_no_blob()
    {
        var layout = Folder.Combine("layout");
        var broken = Image.Scratch(Platform.LinuxAmd64).WithLayer(FileLayer.Create(files => files
            .Add("/a", ContentSource.FromBytes(RandomBytes(500_000)))
            .Add("/b", Folder.Combine("vanished"))));
        await FailsAsync(ErrorCode.LayerSource, () => WriteAsync($"oci:{layout}:v1", async sink => (await broken.PackAsync(sink, cancellationToken: Cancelled)).Descriptor));
        Assert.Equal(["index.json", "oci-layout"], FilesIn(layout));
    }

    [Fact(Timeout = Limit)]
    public async Task A_digest_cannot_be_chosen() =>
        await FailsAsync(ErrorCode.NotSupported, () => WriteImageAsync($"localhost:1/app@{Digest.Of([])}"));
}
