// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.TestKit;

namespace Drift.Cli.Tests;

public sealed class HelpTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Version_is_one_line_also_through_the_script()
    {
        var run = (await ProcessRun.RunAsync(ProjectRoot.Combine("drift"), ["--version"], cancellationToken: Cancelled)).EnsureSuccess();
        Assert.Matches(@"^drift \d+\.\d+\.\d+\n$", run.Output);
        Assert.Equal("", run.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("up")]
    [InlineData("build")]
    [InlineData("run")]
    [InlineData("push")]
    [InlineData("pull")]
    [InlineData("inspect")]
    [InlineData("diff")]
    [InlineData("validate")]
    [InlineData("copy")]
    [InlineData("tags")]
    [InlineData("tag")]
    [InlineData("delete")]
    [InlineData("referrers")]
    [InlineData("resolve")]
    [InlineData("deploy kubernetes")]
    [InlineData("rollback kubernetes")]
    [InlineData("status kubernetes")]
    [InlineData("artifact push")]
    [InlineData("artifact pull")]
    [InlineData("gc")]
    [InlineData("login")]
    [InlineData("logout")]
    [InlineData("sync")]
    [InlineData("prune")]
    [InlineData("doctor")]
    [InlineData("schema")]
    [InlineData("completion")]
    [InlineData("registry serve")]
    [InlineData("registry gc")]
    public async Task Every_command_explains_itself(string command)
    {
        var run = (await DriftTool.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], Cancelled)).EnsureSuccess();
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"drift {command}").TrimEnd(), run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("registry")]
    [InlineData("artifact")]
    [InlineData("deploy")]
    [InlineData("rollback")]
    [InlineData("status")]
    public async Task A_group_of_commands_alone_shows_what_it_has(string command)
    {
        var run = await DriftTool.RunAsync(command.Split(' ', StringSplitOptions.RemoveEmptyEntries), Cancelled);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Commands:", run.Error, StringComparison.Ordinal);
    }
}
