// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>One run of Packer, which has no time limits of its own.</summary>
internal sealed class PackerRun(BuildSettings settings, Action<string> output)
{
    private const string Variable = "PKR_VAR_";
    // Packer terminates its builder in this time.
    private static readonly TimeSpan Farewell = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Echo = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan InitLimit = TimeSpan.FromMinutes(5);

    /// <summary>Fetches the plugins that the templates need.</summary>
    /// <exception cref="DriftException">Packer is missing, or cannot fetch them.</exception>
    public async Task InitAsync(CancellationToken cancellationToken)
    {
        if (Tool.Find("packer") is null) throw new DriftException(ErrorCode.ToolMissing, "Packer is not installed.", "Install packer 1.11 or later: developer.hashicorp.com/packer/install.");
        var (exitCode, last, _) = await RunAsync(["init", Path.Combine(settings.Folder, "plugins.pkr.hcl")], [], InitLimit, static _ => false, cancellationToken).ConfigureAwait(false);
        if (exitCode != 0) throw new DriftException(ErrorCode.ToolMissing, $"Packer could not fetch its plugins: {last}", "See that it is 1.11 or later, and that github.com can be reached.");
    }

    /// <summary>Builds a template.</summary>
    /// <param name="template">The template's file name.</param>
    /// <param name="changes">Variables instead of those of the settings.</param>
    /// <param name="endsEarly">Whether a line says that going on is useless: Packer is interrupted then.</param>
    /// <param name="cancellationToken">Interrupts Packer, which terminates its builder.</param>
    /// <returns>The image's id, null when none was to be made; or the line for which it was ended early.</returns>
    /// <exception cref="DriftException">It failed, or took too long.</exception>
    public async Task<(string? Image, string? EndedFor)> BuildAsync(string template, IReadOnlyDictionary<string, string> changes, Func<string, bool> endsEarly, CancellationToken cancellationToken)
    {
        using var folder = TemporaryDirectory.Create();
        var manifest = Path.Combine(folder.Path, "manifest.json");
        var variables = new Dictionary<string, string>(settings.Variables, StringComparer.Ordinal) { ["manifest"] = manifest, ["builder_id"] = settings.Tag };
        foreach (var (name, value) in changes) variables[name] = value;
        var (exitCode, last, ended) = await RunAsync(["build", "-color=false", Path.Combine(settings.Folder, template)], variables, settings.Timeout, endsEarly, cancellationToken).ConfigureAwait(false);
        if (ended is not null) return (null, ended);
        if (exitCode != 0) throw Failure(last);
        return (File.Exists(manifest) ? ImageOf(manifest) : null, null);
    }

    /// <summary>What Oracle refuses alike, and what helps differently.</summary>
    private static DriftException Failure(string said)
    {
        return said switch
        {
            _ when Says("another image operation") => new DriftException(ErrorCode.CloudRefused, $"The image could not be made: {said}", "Another image of the tenancy was being made or copied: run it again when that has ended."),
            _ when Says("LimitExceeded") => new DriftException(ErrorCode.LimitReached, $"A service limit is reached: {said}", "Free something, or ask for more under Limits, Quotas and Usage."),
            _ when Says("QuotaExceeded") => new DriftException(ErrorCode.LimitReached, $"A quota of the tenancy forbids it: {said}", "Change the quota policy, or free something."),
            _ => new DriftException(ErrorCode.CloudRefused, $"Packer failed: {said}", "The lines above tell what it did; a check that fails makes no image."),
        };

        bool Says(string text) => said.Contains(text, StringComparison.OrdinalIgnoreCase);
    }

    private static string? ImageOf(string manifest)
    {
        try
        {
            var builds = JsonNode.Parse(File.ReadAllBytes(manifest))?["builds"] as JsonArray;
            // At AWS it is REGION:AMI.
            return ((string?)builds?[^1]?["artifact_id"])?.Split(':')[^1] is { Length: > 0 } image ? image : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException)
        {
            throw new DriftException(ErrorCode.CloudRefused, $"Packer's manifest cannot be read: {e.Message}", "The image is made: its id is in the lines above.", e);
        }
    }

    private async Task<(int ExitCode, string Last, string? EndedFor)> RunAsync(string[] arguments, Dictionary<string, string> variables, TimeSpan limit, Func<string, bool> endsEarly, CancellationToken cancellationToken)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value!, StringComparer.Ordinal);
        foreach (var (name, value) in variables) environment[Variable + name] = value;
        environment["CHECKPOINT_DISABLE"] = "1";
        using var process = Tool.Start("packer", arguments, environment);
        process.StandardInput.Close();
        var (last, ended, isLate) = ("it said nothing", (string?)null, false);
        using var early = new CancellationTokenSource();
        void Hear(string line)
        {
            output(line);
            if (line.Contains("rror", StringComparison.Ordinal)) last = line.Trim();
            if (ended is not null || !endsEarly(line)) return;
            ended = line.Trim();
            early.Cancel();
        }
        var reading = Task.WhenAll(ReadAsync(process.StandardOutput, Hear), ReadAsync(process.StandardError, Hear));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, early.Token);
        deadline.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            isLate = ended is null && !cancellationToken.IsCancellationRequested;
            await EndAsync(process).ConfigureAwait(false);
        }
        // What it started may hold its output, and is nobody's business.
        await Task.WhenAny(reading, Task.Delay(Echo, CancellationToken.None)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (isLate) throw new DriftException(ErrorCode.CloudUnreachable, string.Create(CultureInfo.InvariantCulture, $"Packer was not done within {limit.TotalMinutes:0.#} minutes, and was ended; the last error that it told: {last}"), "Run it again; --timeout sets how long it may take.") { IsTransient = true };
        return (process.ExitCode, last, ended);
    }

    /// <summary>Asks Packer to end, as Ctrl-C does, and kills it when it does not.</summary>
    private static async Task EndAsync(Process process)
    {
        Tool.Terminate(process.Id);
        using var limit = new CancellationTokenSource(Farewell);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> hear)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line) hear(line);
    }
}
