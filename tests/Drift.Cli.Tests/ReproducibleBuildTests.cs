// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Cli.Tests;

public sealed class ReproducibleBuildTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("1700000000")]
    public async Task The_same_site_gives_one_digest_whatever_the_clock_umask_user_and_folder(string? epoch)
    {
        var faketime = Need.Program("faketime");
        var first = await BuildAsync("one", [], epoch);

        // The same files made in another order, with other times and modes, read by another user, a year later.
        var files = Directory.GetFiles(ProjectRoot.Combine("site"), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files.Reverse())
        {
            var copy = _folder.Combine("elsewhere", "a folder", "site", Path.GetRelativePath(ProjectRoot.Combine("site"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
            File.SetLastWriteTimeUtc(copy, DateTime.UnixEpoch.AddDays(5000));
            File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
        }
        // The other user may not be able to read the project's own folder.
        Directory.CreateDirectory(_folder.Combine("tool"));
        foreach (var file in Directory.GetFiles(ProjectRoot.Combine("artifacts", "tool"))) File.Copy(file, _folder.Combine("tool", Path.GetFileName(file)));
        (await ProcessRun.RunAsync("chmod", ["-R", "a+rX", _folder.Path], cancellationToken: Cancelled)).EnsureSuccess();
        Directory.CreateDirectory(_folder.Combine("out"), (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(_folder.Combine("out"), (UnixFileMode)0b111_111_111);
        string[] asNobody = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
        var second = await BuildAsync("two", [.. asNobody, faketime, "2031-05-06 07:08:09", "sh", "-c", "umask 077; exec \"$@\"", "sh"], epoch, _folder.Combine("elsewhere", "a folder", "site"), _folder.Combine("tool", "drift.dll"));

        Assert.Equal(first, second);
    }

    /// <summary>Builds the site, through a program that changes what is around it, and returns the digest in the layout.</summary>
    private async Task<string> BuildAsync(string output, string[] wrapper, string? epoch, string? directory = null, string? tool = null)
    {
        var layout = _folder.Combine("out", output);
        string[] command = [.. wrapper, "dotnet", tool ?? ProjectRoot.Combine("artifacts", "tool", "drift.dll"), "build", directory ?? ProjectRoot.Combine("site"), "-o", "oci:" + layout];
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["SOURCE_DATE_EPOCH"] = epoch, ["HOME"] = _folder.Path, ["DOTNET_CLI_HOME"] = _folder.Path };
        (await ProcessRun.RunAsync(command[0], command[1..], environment: environment, cancellationToken: Cancelled)).EnsureSuccess();
        return await File.ReadAllTextAsync(Path.Combine(layout, "index.json"), Cancelled);
    }
}
