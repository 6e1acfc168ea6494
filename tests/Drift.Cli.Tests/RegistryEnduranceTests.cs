// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>
/// The registry under kills and under load. <c>DRIFT_TEST_KILLS</c> (40) and <c>DRIFT_TEST_LOAD_SECONDS</c> (10) say how long; what was seen is
/// in the test's output.
/// </summary>
public sealed class RegistryEnduranceTests : IDisposable
{
    private const int Clients = 64;
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Storage => _folder.Combine("registry");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kills_under_parallel_pushes_lose_and_damage_nothing_that_was_acknowledged()
    {
        var kills = Setting("DRIFT_TEST_KILLS", 40);
        var random = new Random(kills);
        var all = new List<(string Path, string Digest)>();
        var interrupted = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            var registry = await ServeAsync();
            var pushers = Enumerable.Range(0, 6).Select(i => new RegistryPusher(registry.Address, $"kill/{i}", new Random((kill * 10) + i), 300_000)).ToArray();
            var pushes = pushers.Select(PushUntilKilledAsync).ToArray();
            // Killed at a random moment of the work, not of the start.
            for (var wait = 0; wait < 200 && pushers.Sum(pusher => pusher.Acknowledged.Count) < pushers.Length; wait++) await Task.Delay(5, Cancelled);
            await Task.Delay(random.Next(100), Cancelled);
            await registry.StopAsync("KILL", Cancelled);
            interrupted += (await Task.WhenAll(pushes)).Count(wasInterrupted => wasInterrupted);

            await using var next = await ServeAsync();
            using var client = new HttpClient { BaseAddress = new Uri($"http://{next.Address}") };
            for (var i = 0; i < pushers.Length; i++)
            {
                await RegistryPusher.PullAsync(client, pushers[i].Acknowledged, Cancelled);
                await AssertListsAsync(client, $"kill/{i}", pushers[i]);
                all.AddRange(pushers[i].Acknowledged);
                pushers[i].Dispose();
            }
        }
        await using (var last = await ServeAsync())
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://{last.Address}") };
            await RegistryPusher.PullAsync(client, all, Cancelled);
        }
        Assert.NotEqual(0, interrupted);
        Assert.Empty(Directory.GetFiles(Path.Combine(Storage, "uploads")));
        foreach (var file in Directory.GetFiles(Path.Combine(Storage, "content"), "*", SearchOption.AllDirectories))
            Assert.Equal(Path.GetFileName(file), Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, Cancelled))));
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {interrupted} pushes cut off, {all.Count} blobs and manifests acknowledged and whole");
    }

    [Fact]
    public async Task Clients_at_once_see_no_error_and_memory_stays_flat()
    {
        var seconds = Setting("DRIFT_TEST_LOAD_SECONDS", 10);
        await using var registry = await ServeAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var requests = 0L;
        var watch = Stopwatch.StartNew();
        var clients = Enumerable.Range(0, Clients).Select(i => Task.Run(async () =>
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://{registry.Address}") };
            for (var round = 0; !end.IsCancellationRequested; round++)
            {
                using var pusher = new RegistryPusher(registry.Address, $"load/{i}", new Random((i * 100_000) + round), 400_000);
                await pusher.PushAsync(Cancelled);
                await RegistryPusher.PullAsync(client, pusher.Acknowledged, Cancelled);
                Interlocked.Add(ref requests, pusher.Acknowledged.Count * 2);
            }
        }, Cancelled)).ToArray();

        var memory = new List<long>();
        for (var third = 0; third < 3; third++)
        {
            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(seconds / 3.0), Cancelled), Task.WhenAll(clients));
            memory.Add(MemoryOf(registry.Id));
        }
        await end.CancelAsync();
        await Task.WhenAll(clients);
        var elapsed = watch.Elapsed.TotalSeconds;
        Assert.False(registry.HasExited);
        Assert.InRange(memory[2], 0, memory[0] + (64 << 20));
        Assert.Equal(0, await registry.StopAsync("TERM", Cancelled));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Clients} clients, {elapsed:F0} s: {requests / elapsed:F0} blobs and manifests a second, resident {string.Join(", ", memory.Select(size => size >> 20))} MiB");
    }

    private static async Task<bool> PushUntilKilledAsync(RegistryPusher pusher)
    {
        try
        {
            while (true) await pusher.PushAsync(Cancelled);
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }

    private static async Task AssertListsAsync(HttpClient client, string repository, RegistryPusher pusher)
    {
        if (pusher.Latest.Count > 0 && pusher.Referrers.Count > 0)
        {
            using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/v2/{repository}/manifests/latest"), Cancelled);
            Assert.Contains(head.Headers.GetValues("Docker-Content-Digest").Single(), pusher.Latest);
        }
        foreach (var (subject, referrer) in pusher.Referrers)
            Assert.Contains(referrer, await client.GetStringAsync($"/v2/{repository}/referrers/{subject}", Cancelled), StringComparison.Ordinal);
    }

    private static long MemoryOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static int Setting(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : standard;

    private Task<DriftProcess> ServeAsync() => DriftTool.ServeRegistryAsync(Storage, Cancelled);
}
