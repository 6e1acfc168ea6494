// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.Recipes;

namespace Drift.Server.Tests;

/// <summary>The site that most tests serve, composed once for each architecture.</summary>
public sealed class TestSite : IAsyncDisposable
{
    public const int BigLength = 30_000_000;
    private readonly TestKit.TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _lock = new(1);

    /// <summary>Bytes that show where they are wrong: every offset differs from its neighbours.</summary>
    public static byte[] Big { get; } = MakeBig();

    public static IReadOnlyList<SiteFile> Files { get; } =
    [
        SiteFile.FromText("/", "<!doctype html><title>hello</title>"),
        SiteFile.FromText("/a.txt", "a\n", "text/plain; charset=utf-8"),
        SiteFile.FromText("/empty", "", "text/plain; charset=utf-8"),
        SiteFile.FromText("/with space", "space", "text/plain; charset=utf-8"),
        SiteFile.Redirect("/dir", "/dir/"),
        SiteFile.FromText("/dir/", "dir"),
        SiteFile.FromText("/long.txt", string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i:D4}\n")), "text/plain; charset=utf-8"),
        new("/big", BigLength, ContentSource.FromBytes(Big), "application/octet-stream"),
    ];

    /// <summary>The path of an executable that serves <see cref="Files"/>.</summary>
    public async Task<string> PathAsync(Architecture architecture)
    {
        await _lock.WaitAsync();
        try
        {
            if (_paths.TryGetValue(architecture.Name, out var path)) return path;
            path = _directory.Combine($"server-{architecture.Name}");
            await ComposeAsync(architecture, Files, path);
            return _paths[architecture.Name] = path;
        }
        finally
        {
            _lock.Release();
        }
    }

    public static async Task ComposeAsync(Architecture architecture, IEnumerable<SiteFile> files, string path)
    {
        var binary = ServerBinary.Compose(PrebuiltServer.Read(architecture.Platform), await SiteSegment.CreateAsync(files));
        await using var content = await binary.Content.OpenAsync();
        await using (var file = File.Create(path)) await content.Stream.CopyToAsync(file);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(binary.Length, new FileInfo(path).Length);
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        _lock.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] MakeBig()
    {
        var bytes = new byte[BigLength];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
