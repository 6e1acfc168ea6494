// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>What a user gets wrong: one error, one hint, the right exit code, no stack trace, nothing left.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("up DIR/absent", 3, "DRIFT1002", "There is no folder")]
    [InlineData("up DIR/empty", 3, "DRIFT1003", "holds nothing that Drift can turn into an image")]
    [InlineData("up DIR/site/index.html", 3, "DRIFT1002", "is a file, not a folder")]
    [InlineData("up DIR/syntax", 3, "DRIFT1004", "broken.S:3:5: error: invalid instruction mnemonic 'bogus'")]
    [InlineData("up DIR/dynamic", 3, "DRIFT1006", "dynamically linked")]
    [InlineData("build DIR/project -o oci:DIR/none", 3, "DRIFT1003", "holds the project App.csproj")]
    [InlineData("build DIR/dotnet -o oci:DIR/none", 3, "DRIFT1011", "App.deps.json does not parse")]
    [InlineData("build DIR/site -o oci:DIR/none --base alpine", 3, "DRIFT1007", "takes no base")]
    [InlineData("up DIR/site --runtime lxc", 3, "DRIFT1007", "There is no runtime lxc")]
    [InlineData("up DIR/site --port x", 2, "usage", "'x' is not a port")]
    [InlineData("up DIR/site --port 65536", 2, "usage", "'65536' is not a port")]
    [InlineData("up DIR/site --platform arm", 3, "DRIFT1001", "This is not a platform")]
    [InlineData("build DIR/site -o oci:DIR/z --compression lz4", 2, "usage", "'lz4' is not a compression")]
    [InlineData("build DIR/site -o oci:DIR/z --compression zstd:20", 2, "usage", "zstd:1 to zstd:19")]
    [InlineData("build DIR/site -o docker-archive:DIR/z.tar --compression zstd", 3, "DRIFT1007", "A docker-archive cannot hold the layer")]
    [InlineData("fly", 2, "usage", "does not know 'fly'")]
    [InlineData("build DIR/site", 2, "usage", "'--output' is required")]
    [InlineData("build DIR/site -o oci:DIR/site", 3, "DRIFT5004", "holds other files and is not an OCI layout")]
    [InlineData("build DIR/site -o oci-archive:DIR/site", 3, "DRIFT5004", "is a folder")]
    [InlineData("deploy vm host", 3, "DRIFT1008", "No image is named")]
    [InlineData("deploy vm ho;st --image localhost:1/a", 3, "DRIFT1001", "This is not a host")]
    [InlineData("deploy vm ssh://-oProxyCommand=x --image localhost:1/a", 3, "DRIFT1001", "This is not a host")]
    [InlineData("deploy vm host --image oci:DIR/site", 3, "DRIFT1007", "no registry that a machine could pull from")]
    [InlineData("deploy vm host --image localhost:1/a --port 70000", 3, "DRIFT1008", "is not a port")]
    [InlineData("deploy vm host --image localhost:1/a --env PORT=1", 3, "DRIFT1008", "sets PORT")]
    [InlineData("deploy vm host --image localhost:1/a --env-file DIR/none", 3, "DRIFT1002", "does not exist")]
    [InlineData("rollback vm host 0", 3, "DRIFT1008", "cannot go back by 0")]
    [InlineData("status vm host --ssh-config DIR/none", 6, "DRIFT3004", "cannot be reached")]
    [InlineData("build DIR/site -o Localhost/Site", 3, "DRIFT1001", "upper-case")]
    [InlineData("build DIR/site -o localhost:1/site", 6, "DRIFT3001", "Nothing listens at localhost:1")]
    [InlineData("build DIR/site -o oci:DIR/s390x --platform linux/s390x", 3, "DRIFT1007", "no web server for linux/s390x")]
    [InlineData("push oci:DIR/absent localhost:1/site", 3, "DRIFT1002", "is not an OCI layout")]
    [InlineData("push localhost:1/a localhost:1/b oci:x", 2, "usage", "does not know 'oci:x'")]
    [InlineData("pull ghcr.io/me/site:1:2 oci:DIR/pulled", 3, "DRIFT1001", "\n                 ^")]
    [InlineData("pull localhost:1/site oci:DIR/pulled", 6, "DRIFT3001", "Nothing listens at localhost:1")]
    [InlineData("run oci-archive:DIR/garbage.tar", 7, "DRIFT4002", "garbage.tar")]
    public async Task Is_told_in_one_error_and_one_hint(string commandLine, int exitCode, string code, string message)
    {
        _folder.Write("site/index.html", "<p>hello");
        _folder.Write("syntax/broken.S", ".globl _start\n_start:\n    bogus %rax\n");
        _folder.Write("project/App.csproj", "<Project/>");
        _folder.Write("dotnet/App.runtimeconfig.json", "{}");
        _folder.Write("dotnet/App.deps.json", "{");
        _folder.Write("garbage.tar", new string('x', 5000));
        Directory.CreateDirectory(_folder.Combine("empty"));
        Directory.CreateDirectory(_folder.Combine("dynamic"));
        File.Copy("/bin/true", _folder.Combine("dynamic", "true"));

        var arguments = commandLine.Split(' ').Select(argument => argument.Replace("DIR", _folder.Path, StringComparison.Ordinal)).ToArray();
        var text = await DriftTool.RunAsync(arguments, Cancelled);
        Assert.Equal(exitCode, text.ExitCode);
        Assert.Equal("", text.Output);
        var error = text.Error[text.Error.IndexOf("error ", StringComparison.Ordinal)..];
        Assert.StartsWith($"error {code}: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Matches("\nhint: [A-Z].*\\.\n$", error);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);

        var json = await DriftTool.RunAsync([.. arguments, "--json"], Cancelled);
        Assert.Equal(exitCode, json.ExitCode);
        var report = JsonElement.Parse(json.Error);
        Assert.Equal(code, report.GetProperty("error").GetString());
        Assert.Contains(message, report.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("pulled")) && File.Exists(_folder.Combine("pulled", "index.json")) && File.ReadAllText(_folder.Combine("pulled", "index.json")).Contains("sha256", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_way_out()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var run = await DriftTool.RunAsync(["up", "--port", $"{port}"], Cancelled);
        Assert.Equal(3, run.ExitCode);
        Assert.Equal($"error DRIFT5001: Port {port} is in use.\nhint: Choose another with --port, or --port 0 for a free one.\n", run.Error);
    }

    [Theory]
    [InlineData("clang", "clang", "hello.S")]
    [InlineData("nasm", "nasm", "hello.asm")]
    [InlineData("ld.lld", "lld", "hello.S")]
    public async Task A_missing_assembler_or_linker_is_named_with_the_command_that_installs_it(string program, string package, string file)
    {
        _folder.Write("program/" + file, ".globl _start\n_start: ret\n");
        Directory.CreateDirectory(_folder.Combine("bin"));
        File.CreateSymbolicLink(_folder.Combine("bin", "dotnet"), Need.Program("dotnet"));
        if (program == "ld.lld") File.CreateSymbolicLink(_folder.Combine("bin", "clang"), Need.Program("clang"));
        var run = await DriftTool.RunAsync(["build", _folder.Combine("program"), "-o", "oci:" + _folder.Combine("layout"), "--platform", "linux/amd64"], Cancelled,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = _folder.Combine("bin") });
        Assert.Equal(3, run.ExitCode);
        Assert.Equal($"error DRIFT5002: {program} is not installed; these assembly sources need it.\nhint: Install it, on Debian with: apt-get install {package}\n", run.Error);
    }

    [Fact]
    public async Task A_time_that_is_none_is_refused()
    {
        var run = await DriftTool.RunAsync(["build", "-o", "oci:" + _folder.Combine("layout")], Cancelled, new Dictionary<string, string?>(StringComparer.Ordinal) { ["SOURCE_DATE_EPOCH"] = "yesterday" });
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("error DRIFT1008: SOURCE_DATE_EPOCH is 'yesterday'", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("layout")));
    }
}
