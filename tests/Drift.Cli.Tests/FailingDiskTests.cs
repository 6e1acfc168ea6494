// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>Disks that are full, and files that change or vanish while they are read.</summary>
public sealed class FailingDiskTests : IDisposable
{
    private const int Stop = 19; // SIGSTOP
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Data => _folder.Combine("data");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("oci")]
    [InlineData("oci-archive")]
    [InlineData("docker-archive")]
    public async Task A_full_disk_leaves_the_destination_as_it_was(string transport)
    {
        Need.That(Environment.UserName == "root", "mounting a small file system needs root");
        var disk = Directory.CreateDirectory(_folder.Combine("disk")).FullName;
        (await ProcessRun.RunAsync("mount", ["-t", "tmpfs", "-o", "size=512k", "none", disk], cancellationToken: Cancelled)).EnsureSuccess();
        try
        {
            var destination = $"{transport}:{Path.Combine(disk, "image")}";
            await WriteRandomAsync("small", 10_000);
            (await BuildAsync(destination)).EnsureSuccess();
            var before = Contents(disk).ToArray();

            await WriteRandomAsync("large", 3_000_000);
            var run = await BuildAsync(destination);
            Assert.Equal(3, run.ExitCode);
            Assert.StartsWith("error DRIFT5004: ", run.Error, StringComparison.Ordinal);
            Assert.Contains("No space left on device", run.Error, StringComparison.Ordinal);
            Assert.Contains("\nhint: Check", run.Error, StringComparison.Ordinal);
            Assert.Equal(before, Contents(disk));
            (await DriftTool.RunAsync(["validate", destination], Cancelled)).EnsureSuccess();
        }
        finally
        {
            await Mounts.DetachBelowAsync(disk);
        }
    }

    [Theory]
    [InlineData("the next vanishes", "z cannot be read: ")]
    [InlineData("the next becomes a folder", "z cannot be read: ")]
    [InlineData("it grows", "The content of /data/a grew while it was read")]
    [InlineData("it shrinks", "a was written to while it was read")]
    [InlineData("it is written to", "a was written to while it was read")]
    public async Task A_file_that_changes_under_the_builder_is_named(string change, string message)
    {
        // Packed first, and large enough for the builder to be stopped in the middle of it.
        Directory.CreateDirectory(Data);
        var (a, z) = (Path.Combine(Data, "a"), Path.Combine(Data, "z"));
        await using (var file = File.Create(a)) file.SetLength(256 * 1024 * 1024);
        await File.WriteAllTextAsync(z, "content", Cancelled);
        await using var build = DriftTool.Start(["append", "scratch", "--layer", $"{Data}:/data", "-o", $"oci-archive:{_folder.Combine("out", "image.tar")}"],
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["XDG_CACHE_HOME"] = _folder.Combine("cache") });
        while (!HasOpen(build.Id, a)) Assert.False(build.HasExited, "The builder was not seen at the file.");
        // Not by a program of its own: until that has started, the file may be read.
        Assert.Equal(0, Kill(build.Id, Stop));
        switch (change)
        {
            case "the next vanishes": File.Delete(z); break;
            case "the next becomes a folder": File.Delete(z); Directory.CreateDirectory(z); break;
            case "it grows": await File.AppendAllTextAsync(a, "more", Cancelled); break;
            case "it shrinks":
                await using (var file = Shared(a)) file.SetLength(10);
                break;
            default:
                await using (var file = Shared(a)) file.WriteByte(1);
                break;
        }
        Assert.Equal(3, await build.StopAsync("CONT", Cancelled));
        var error = await build.Error;
        Assert.StartsWith("error DRIFT1009: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Matches("\nhint: [A-Z].*\\.\n$", error);
        Assert.Empty(Files(_folder.Combine("out")));
        Assert.DoesNotContain(Files(_folder.Combine("cache")), file => file.EndsWith(".tmp", StringComparison.Ordinal) || file.Contains("layers/", StringComparison.Ordinal));
    }

    private async Task WriteRandomAsync(string name, int size)
    {
        Directory.CreateDirectory(Data);
        var content = new byte[size];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(Data, name), content, Cancelled);
    }

    private Task<ProcessRun> BuildAsync(string destination) => DriftTool.RunAsync(["append", "scratch", "--layer", $"{Data}:/data", "--no-cache", "-o", destination], Cancelled);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private static FileStream Shared(string path) => new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    private static bool HasOpen(int process, string path)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == path);
        }
        catch (IOException)
        {
            // A file was closed meanwhile.
            return false;
        }
    }

    private static IEnumerable<string> Contents(string folder) => Files(folder).Select(path => $"{path} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}");

    private static string[] Files(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Order(StringComparer.Ordinal)] : [];
}
