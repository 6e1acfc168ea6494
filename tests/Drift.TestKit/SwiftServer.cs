// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Xunit;

namespace Drift.TestKit;

/// <summary>OpenStack Swift from Debian on ports of 127.0.0.1, which speaks S3: its four servers, with one disk, in a folder of their own.</summary>
public sealed class SwiftServer : IAsyncLifetime
{
    /// <summary>The id of the key that it knows.</summary>
    public const string Key = "test:tester";

    /// <summary>The key.</summary>
    public const string Secret = "testing";

    private static readonly string[] PlainFilters = ["catch_errors", "gatekeeper", "healthcheck", "listing_formats", "bulk", "copy", "slo", "dlo", "versioned_writes"];
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly TemporaryDirectory _folder = new();
    private readonly List<Process> _processes = [];
    private readonly int _port = FreePort.Find();

    /// <summary>Where it answers.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}/");

    /// <summary>A client that is not the registry's.</summary>
    public AmazonS3Client Client { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _folder.Write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = drift\n[storage-policy:0]\nname = default\ndefault = yes\n");
        Directory.CreateDirectory(_folder.Combine("disks", "one"));
        var ports = new List<int>();
        foreach (var kind in (string[])["account", "container", "object"])
        {
            var port = FreePort.Find();
            var builder = Need.Program("swift-ring-builder");
            await RunAsync(builder, $"{kind}.builder", "create", "4", "1", "1");
            await RunAsync(builder, $"{kind}.builder", "add", $"r1z1-127.0.0.1:{port}/one", "1");
            await RunAsync(builder, $"{kind}.builder", "rebalance");
            Start(kind, $"""
                [DEFAULT]
                bind_ip = 127.0.0.1
                bind_port = {port}
                swift_dir = {_folder.Path}
                devices = {_folder.Combine("disks")}
                mount_check = false
                disable_fallocate = true
                user = {Environment.UserName}
                workers = 0
                [pipeline:main]
                pipeline = {kind}-server
                [app:{kind}-server]
                use = egg:swift#{kind}
                """);
            ports.Add(port);
        }
        // The proxy does not come back soon to a server that it once found absent.
        foreach (var port in ports) await WaitAsync(port);
        await StartProxyAsync();
        Client = new AmazonS3Client(new BasicAWSCredentials(Key, Secret), new AmazonS3Config { ServiceURL = Address.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        foreach (var process in _processes) await EndAsync(process);
        _folder.Dispose();
    }

    /// <summary>Makes a bucket, and returns its name.</summary>
    public async Task<string> NewBucketAsync()
    {
        var name = $"bucket-{Guid.NewGuid():n}";
        await Client.PutBucketAsync(name);
        return name;
    }

    /// <summary>Stops answering.</summary>
    public async Task StopProxyAsync()
    {
        await EndAsync(_processes[^1]);
        _processes.RemoveAt(_processes.Count - 1);
    }

    /// <summary>Answers, again.</summary>
    public async Task StartProxyAsync()
    {
        // It wants a cache, and goes on without when that does not answer.
        Start("proxy", $"""
            [DEFAULT]
            bind_ip = 127.0.0.1
            bind_port = {_port}
            swift_dir = {_folder.Path}
            user = {Environment.UserName}
            workers = 0
            [pipeline:main]
            pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes proxy-server
            [app:proxy-server]
            use = egg:swift#proxy
            account_autocreate = true
            [filter:tempauth]
            use = egg:swift#tempauth
            user_test_tester = {Secret} .admin
            [filter:s3api]
            use = egg:swift#s3api
            location = us-east-1
            [filter:cache]
            use = egg:swift#memcache
            memcache_servers = 127.0.0.1:9
            {string.Join('\n', PlainFilters.Select(static filter => $"[filter:{filter}]\nuse = egg:swift#{filter}"))}
            """);
        await WaitAsync(_port);
    }

    private static async Task WaitAsync(int port)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (watch.Elapsed < StartTimeout)
            {
                // It does not listen yet.
            }
        }
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var run = await ProcessRun.RunAsync(program, arguments, workingDirectory: _folder.Path);
        // A warning, that one disk is no safe place, makes it 1.
        if (run.ExitCode > 1) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program} ended with {run.ExitCode}: {run.Error}"));
    }

    private void Start(string kind, string config)
    {
        var process = Process.Start(new ProcessStartInfo(Need.Program($"swift-{kind}-server"), [_folder.Write($"{kind}.conf", config)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        // Nobody needs its log, but a full pipe would stop it.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
