// SPDX-License-Identifier: Apache-2.0

using System.Formats.Tar;
using Drift.TestKit;

namespace Drift.Cli.Tests;

public sealed class ValidateTests : IDisposable
{
    private const ushort X64 = 62, AArch64 = 183;
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_site_and_what_skopeo_makes_of_it_are_valid()
    {
        Need.Program("skopeo");
        var site = "oci:" + _folder.Combine("site");
        (await DriftTool.RunAsync(["build", "-o", site], Cancelled)).EnsureSuccess();
        await RunAsync("skopeo", "copy", "--all", site, $"oci-archive:{_folder.Combine("all.tar")}");
        await RunAsync("skopeo", "copy", site, $"docker-archive:{_folder.Combine("docker.tar")}:a/b:1");
        foreach (var source in new[] { site, "oci-archive:" + _folder.Combine("all.tar"), "docker-archive:" + _folder.Combine("docker.tar") })
        {
            var run = (await DriftTool.RunAsync(["validate", source], Cancelled)).EnsureSuccess();
            Assert.Equal(("", $"{source} is valid\n"), (run.Output, run.Error));
        }
        var report = await DriftTool.JsonAsync(["validate", site], Cancelled);
        Assert.True(report.GetProperty("valid").GetBoolean());
        Assert.Empty(report.GetProperty("findings").EnumerateArray());
    }

    [Fact]
    public async Task Images_in_a_registry_are_validated_inspected_and_compared_in_Dockers_format_too()
    {
        Need.Program("skopeo");
        await using var registry = await DriftTool.ServeRegistryAsync(_folder.Combine("storage"), Cancelled);
        var address = registry.Address;
        var (oci, docker) = (address + "/site:oci", address + "/site:docker");
        (await DriftTool.RunAsync(["build", "-o", oci], Cancelled)).EnsureSuccess();
        await RunAsync("skopeo", "copy", "--all", "--format", "v2s2", "--src-tls-verify=false", "--dest-tls-verify=false", "docker://" + oci, "docker://" + docker);
        foreach (var reference in new[] { oci, docker })
        {
            Assert.Equal("", (await DriftTool.RunAsync(["validate", reference], Cancelled)).EnsureSuccess().Output);
            Assert.Contains("└─ linux/arm64  sha256:", (await DriftTool.RunAsync(["inspect", reference, "--files"], Cancelled)).EnsureSuccess().Output, StringComparison.Ordinal);
        }
        var diff = await DriftTool.RunAsync(["diff", oci, docker], Cancelled);
        Assert.Equal(7, diff.ExitCode);
        Assert.Contains("~ manifest.mediaType: \"application/vnd.oci.image.manifest.v1+json\" → \"application/vnd.docker.distribution.manifest.v2+json\"", diff.Output, StringComparison.Ordinal);
        Assert.EndsWith("0 added, 0 removed, 0 changed, 0 B\n", diff.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_umoci_makes_is_valid()
    {
        Need.Program("umoci");
        Need.That(Environment.IsPrivilegedProcess, "umoci keeps owners only as root");
        var layout = _folder.Combine("umoci");
        _folder.Write("files/etc/motd", "hello");
        Directory.CreateSymbolicLink(_folder.Combine("files", "link"), "etc/motd");
        await RunAsync("umoci", "init", "--layout", layout);
        await RunAsync("umoci", "new", "--image", layout + ":1");
        await RunAsync("umoci", "insert", "--image", layout + ":1", _folder.Combine("files"), "/");
        await RunAsync("umoci", "config", "--image", layout + ":1", "--config.user", "1000");
        var run = (await DriftTool.RunAsync(["validate", $"oci:{layout}:1"], Cancelled)).EnsureSuccess();
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task Findings_are_lines_and_errors_give_exit_code_7()
    {
        var layout = new LayoutFolder(_folder, "broken");
        layout.AddLayer(LayoutFolder.Entry("app", bytes: LayoutFolder.Elf(X64), mode: 0b111_101_101));
        layout.AddLayer(LayoutFolder.Entry("../escape"));
        layout.AddLayer(LayoutFolder.Entry("/etc/hosts"), LayoutFolder.Entry("null", type: TarEntryType.CharacterDevice));
        layout.AddLayer(LayoutFolder.Entry("late"));
        layout.Write(user: "");
        var blob = layout.BlobPath((string)layout.Layers[3].Descriptor["digest"]!);
        await File.AppendAllTextAsync(blob, "x", Cancelled);

        var run = await DriftTool.RunAsync(["validate", "oci:" + layout.Path], Cancelled);
        Assert.Equal(7, run.ExitCode);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["error DRIFT-V0503 layers[1]:", "error DRIFT-V0103 layers[3]:", "warning DRIFT-V0502 layers[2]:", "warning DRIFT-V0505 layers[2]:", "note DRIFT-V0305 config:"],
            lines.Select(line => string.Join(' ', line.Split(' ').Take(3))));
        var json = await DriftTool.RunAsync(["validate", "oci:" + layout.Path, "--json"], Cancelled);
        Assert.Equal(7, json.ExitCode);
        Assert.Contains("{\"id\":\"DRIFT-V0503\",\"severity\":\"error\",\"location\":\"layers[1]\",\"message\":", json.Output, StringComparison.Ordinal);
        Assert.Equal("", json.Error);
    }

    [Theory]
    [InlineData("amd64", X64, 0x1000, null, "/app", 0b111_101_101, null)]
    [InlineData("arm64", AArch64, 0x10000, null, "/app", 0b111_101_101, null)]
    [InlineData("amd64", X64, 0x1000, null, "app", 0b111_101_101, "error DRIFT-V0601")]
    [InlineData("amd64", X64, 0x1000, null, "/sbin/init", 0b111_101_101, null)]
    [InlineData("amd64", X64, 0x1000, null, "/absent", 0b111_101_101, "error DRIFT-V0601")]
    [InlineData("amd64", X64, 0x1000, null, "/app", 0b110_100_100, "error DRIFT-V0602")]
    [InlineData("arm64", X64, 0x1000, null, "/app", 0b111_101_101, "error DRIFT-V0603")]
    [InlineData("amd64", X64, 0x1000, "/lib64/ld-linux-x86-64.so.2", "/app", 0b111_101_101, "error DRIFT-V0604")]
    [InlineData("amd64", X64, 0x1000, "/app", "/app", 0b111_101_101, null)]
    [InlineData("arm64", AArch64, 0x1000, null, "/app", 0b111_101_101, "warning DRIFT-V0605")]
    [InlineData("amd64", X64, 0x1000, null, "/text", 0b111_101_101, "error DRIFT-V0606")]
    [InlineData("amd64", X64, 0x1000, null, "/script", 0b111_101_101, null)]
    public async Task The_program_is_checked(string architecture, ushort machine, ulong alignment, string? interpreter, string entrypoint, int mode, string? expected)
    {
        var layout = new LayoutFolder(_folder, "elf");
        layout.AddLayer(LayoutFolder.Entry("usr/bin/absent", "x"), LayoutFolder.Entry("absent", "x"));
        layout.AddLayer(LayoutFolder.Entry("text", "text", 0b111_101_101), LayoutFolder.Entry("script", "#!/app\n", 0b111_101_101),
            LayoutFolder.Entry("app", bytes: LayoutFolder.Elf(machine, alignment, interpreter), mode: mode),
            LayoutFolder.Entry("sbin/init", type: TarEntryType.SymbolicLink, link: "../../usr/../app"), LayoutFolder.Entry(".wh.absent"));
        layout.Write(architecture, entrypoint);
        var run = await DriftTool.RunAsync(["validate", "oci:" + layout.Path], Cancelled);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("DRIFT-V0504", StringComparison.Ordinal));
        if (expected is null) Assert.Empty(lines);
        else Assert.StartsWith(expected + " entrypoint: ", Assert.Single(lines), StringComparison.Ordinal);
        Assert.Equal(expected?.StartsWith("error", StringComparison.Ordinal) == true ? 7 : 0, run.ExitCode);
    }

    [Theory]
    [InlineData(null, 5u, "warning DRIFT-V0607", "PT_GNU_STACK")]
    [InlineData(7u, 5u, "warning DRIFT-V0607", "stack that may be executed")]
    [InlineData(6u, 7u, "warning DRIFT-V0608", "both written and executed")]
    public async Task Memory_of_the_program_that_is_not_protected_is_told(uint? stack, uint code, string expected, string message)
    {
        var layout = new LayoutFolder(_folder, "elf");
        layout.AddLayer(LayoutFolder.Entry("app", bytes: LayoutFolder.Elf(X64, stack: stack, code: code), mode: 0b111_101_101));
        layout.Write("amd64", "/app");
        var run = (await DriftTool.RunAsync(["validate", "oci:" + layout.Path], Cancelled)).EnsureSuccess();
        var line = Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(expected + " entrypoint: /app ", line, StringComparison.Ordinal);
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    private static async Task RunAsync(string program, params string[] arguments) =>
        (await ProcessRun.RunAsync(program, arguments, cancellationToken: Cancelled)).EnsureSuccess();
}
