// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Drift.TestKit;

/// <summary>The published tool, as a process of its own, just as <c>./drift</c> starts it. <c>./test</c> publishes it first.</summary>
public static class DriftTool
{
    private static string[] Command { get; } = ["dotnet", ProjectRoot.Combine("artifacts", "tool", "drift.dll")];

    /// <summary>Runs a command line to its end.</summary>
    public static Task<ProcessRun> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string?>? environment = null, string? workingDirectory = null, string? input = null, TimeSpan? timeout = null) =>
        ProcessRun.RunAsync(Command[0], [Command[1], .. arguments], input, timeout, workingDirectory, WithDefaults(environment), cancellationToken);

    /// <summary>Runs a command line with <c>--json</c>, which must succeed, and returns what it printed.</summary>
    public static async Task<JsonElement> JsonAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var run = (await RunAsync(arguments.Append("--json"), cancellationToken, environment)).EnsureSuccess();
        return JsonElement.Parse(run.Output);
    }

    /// <summary>Starts a command line that goes on until it is stopped.</summary>
    public static DriftProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        // A run in the background ignores SIGINT, and so would everything that it starts.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", .. Command, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in WithDefaults(environment)) start.Environment[name] = value;
        return new DriftProcess(Process.Start(start)!);
    }

    /// <summary>Starts a command line that goes on until it is stopped, with <c>--json</c>, and waits for its report.</summary>
    public static async Task<DriftProcess> StartAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var process = Start([.. arguments, "--json"], environment);
        await process.ReadReportAsync(cancellationToken);
        return process;
    }

    /// <summary>Starts the embedded registry on any free port; its address is in the report.</summary>
    public static Task<DriftProcess> ServeRegistryAsync(string storage, CancellationToken cancellationToken, params string[] options) =>
        StartAsync(["registry", "serve", "--port", "0", "--storage", storage, .. options], cancellationToken);

    /// <summary>Runs a command line, in one string, that must end with an exit code and an error of this code with a hint.</summary>
    public static async Task AssertFailsAsync(string command, int exitCode, string code, CancellationToken cancellationToken)
    {
        var run = await RunAsync(command.Split(' '), cancellationToken);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith($"error {code}: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Without a folder, the tool takes the project's own site; its cache is not the user's.</summary>
    private static Dictionary<string, string?> WithDefaults(IReadOnlyDictionary<string, string?>? environment)
    {
        var all = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["DRIFT_DIR"] = ProjectRoot.Combine("site"),
            ["XDG_CACHE_HOME"] = ProjectRoot.Combine("artifacts", "test-cache"),
        };
        foreach (var (name, value) in environment ?? all) all[name] = value;
        return all;
    }
}
