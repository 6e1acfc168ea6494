// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>QEMU's own tools for disk images: what they write and say is the truth.</summary>
internal static class Qemu
{
    public static async Task<string> ImageAsync(params IEnumerable<string> arguments) =>
        (await ProcessRun.RunAsync(Need.Program("qemu-img"), arguments, cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess().Output;

    /// <summary>Writes into an image.</summary>
    public static async Task WriteAsync(string image, params IEnumerable<string> commands) =>
        (await ProcessRun.RunAsync(Need.Program("qemu-io"), [.. commands.SelectMany(static command => new[] { "-c", command }), image], cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();

    /// <summary>Asserts that nothing is wrong with an image, and that it holds what another one does.</summary>
    public static async Task AssertSoundAsync(string image, string source)
    {
        Assert.Contains("No errors were found", await ImageAsync("check", image), StringComparison.Ordinal);
        Assert.Contains("Images are identical.", await ImageAsync("compare", source, image), StringComparison.Ordinal);
    }
}
