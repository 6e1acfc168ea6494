// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift build --verify</c>.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_build_with_all_varied_gives_the_same_digest()
    {
        Need.Program("faketime");
        var report = await DriftTool.JsonAsync(["build", "--verify", $"--output=oci:{_folder.Combine("out")}:v1"], Cancelled);
        Assert.Equal("clock, umask, order of entries and threads", report.GetProperty("verified").GetString());

        var run = (await DriftTool.RunAsync(["build", "--verify", "-o", $"docker-archive:{_folder.Combine("out.tar")}"], Cancelled)).EnsureSuccess();
        Assert.Contains("The second build gave the same digest, with another clock", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_entry_that_differs_is_named()
    {
        // An assembler that puts something else into every program.
        var clang = Need.Program("clang");
        _folder.Write("src/main.S", ".globl _start\n_start: nop\n.data\n.incbin \"STAMP\"\n");
        _folder.WriteProgram("bin/clang", $"#!/bin/sh\ndate +%N%s%N > '{_folder.Combine("stamp")}'\nfor a in \"$@\"; do case $a in *.S) sed -i 's#STAMP\\|{_folder.Combine("stamp")}#{_folder.Combine("stamp")}#' \"$a\";; esac; done\nexec {clang} \"$@\"\n");

        var platform = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux/arm64" : "linux/amd64";
        var run = await DriftTool.RunAsync(["build", _folder.Combine("src"), "--platform", platform, "--verify", "-o", $"oci:{_folder.Combine("out")}"], Cancelled,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = _folder.Combine("bin") + ":" + Environment.GetEnvironmentVariable("PATH") });
        Assert.Equal(7, run.ExitCode);
        Assert.Contains($"The first difference: {platform}, layer 0, /server: byte ", run.Error, StringComparison.Ordinal);
    }
}
