// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift registry serve --s3</c>, as a process.</summary>
public sealed class RegistryBucketTests(SwiftServer swift) : IClassFixture<SwiftServer>, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static Dictionary<string, string?> Environment => new(StringComparer.Ordinal) { ["AWS_ACCESS_KEY_ID"] = SwiftServer.Key, ["AWS_SECRET_ACCESS_KEY"] = SwiftServer.Secret };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kills_that_take_the_disk_along_lose_nothing_that_was_acknowledged()
    {
        var bucket = $"{swift.Address}{await swift.NewBucketAsync()}/some/where";
        var random = new Random(1);
        var all = new List<(string Path, string Digest)>();
        for (var kill = 0; kill < 6; kill++)
        {
            var registry = await ServeAsync($"{kill}", bucket);
            using var pusher = new RegistryPusher(registry.Address, "kill/app", new Random(kill), 300_000);
            var push = PushUntilKilledAsync(pusher);
            for (var wait = 0; wait < 1000 && pusher.Acknowledged.Count < 5; wait++) await Task.Delay(5, Cancelled);
            await Task.Delay(random.Next(200), Cancelled);
            await registry.StopAsync("KILL", Cancelled);
            await push;
            Directory.Delete(_folder.Combine($"{kill}"), recursive: true);
            all.AddRange(pusher.Acknowledged);

            await using var next = await ServeAsync($"{kill}", bucket);
            using var client = new HttpClient { BaseAddress = new Uri($"http://{next.Address}") };
            await RegistryPusher.PullAsync(client, all, Cancelled);
            using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/v2/kill/app/manifests/latest"), Cancelled);
            Assert.Contains(head.Headers.GetValues("Docker-Content-Digest").Single(), pusher.Latest);
        }
        Assert.InRange(all.Count, 30, int.MaxValue);

        // A blob that was acknowledged just before a kill has no manifest, so a collection may take it; whole images stay.
        await DriftTool.JsonAsync(["registry", "gc", "--storage", _folder.Combine("gc"), "--s3", bucket, "--grace", "0s"], Cancelled, Environment);
        await using var last = await ServeAsync("last", bucket);
        using var reader = new HttpClient { BaseAddress = new Uri($"http://{last.Address}") };
        foreach (var (path, _) in all.Where(content => content.Path.Contains("/manifests/", StringComparison.Ordinal)))
        {
            using var image = JsonDocument.Parse(await reader.GetStringAsync(path, Cancelled));
            var blobs = image.RootElement.GetProperty("layers").EnumerateArray().Append(image.RootElement.GetProperty("config")).Select(blob => blob.GetProperty("digest").GetString()!);
            await RegistryPusher.PullAsync(reader, blobs.Select(digest => ($"/v2/kill/app/blobs/{digest}", digest)), Cancelled);
        }
    }

    [Fact]
    public async Task What_is_no_bucket_is_told()
    {
        var run = await DriftTool.RunAsync(["registry", "serve", "--s3", "my-bucket"], Cancelled);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'my-bucket' is not a bucket: --s3 takes an address such as https://s3.eu-central-1.amazonaws.com/BUCKET.", run.Error, StringComparison.Ordinal);
        var absent = await DriftTool.RunAsync(["registry", "serve", "--port", "0", "--storage", _folder.Combine("a"), "--s3", $"{swift.Address}absent"], Cancelled, Environment);
        Assert.Equal(6, absent.ExitCode);
        Assert.Contains("NoSuchBucket", absent.Error, StringComparison.Ordinal);
        Assert.Contains("Make the bucket, or check its name.", absent.Error, StringComparison.Ordinal);
    }

    private static async Task PushUntilKilledAsync(RegistryPusher pusher)
    {
        try
        {
            while (true) await pusher.PushAsync(Cancelled);
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    private Task<DriftProcess> ServeAsync(string storage, string bucket) =>
        DriftTool.StartAsync(["registry", "serve", "--port", "0", "--storage", _folder.Combine(storage), "--s3", bucket], Cancelled, Environment);
}
