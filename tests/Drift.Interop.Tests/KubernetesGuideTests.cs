// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>Whoever follows docs/kubernetes.md, command for command, gets there.</summary>
public sealed partial class KubernetesGuideTests(KubernetesFixture cluster)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_command_of_the_guide_works_in_its_order()
    {
        Assert.SkipWhen(KubernetesFixture.Kubeconfig is null, "DRIFT_TEST_KUBECONFIG names no cluster");
        Need.Program("curl");
        using var folder = new TemporaryDirectory();
        var port = FreePort.Find();
        var name = $"drift-test-{Guid.NewGuid():n}"[..24];
        foreach (var part in (string[])["k8s", "site"])
        {
            foreach (var file in Directory.GetFiles(ProjectRoot.Combine(part), "*", SearchOption.AllDirectories))
            {
                folder.Write(Path.GetRelativePath(ProjectRoot.Path, file), Adapted(await File.ReadAllTextAsync(file, Cancelled)));
            }
        }
        var rendered = await ProcessRun.RunAsync(Need.Program("kubectl"), ["kustomize", folder.Combine("k8s", "overlays", "production")], cancellationToken: Cancelled);
        Assert.SkipWhen(rendered.Error.Contains("json: unknown field", StringComparison.Ordinal), "kubectl is older than 1.21, and so is its kustomize");

        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["KUBECONFIG"] = KubernetesFixture.Kubeconfig,
            ["DRIFT"] = ProjectRoot.Combine("artifacts", "tool", "drift.dll"),
            ["XDG_CACHE_HOME"] = ProjectRoot.Combine("artifacts", "test-cache"),
        };
        var guide = await File.ReadAllTextAsync(ProjectRoot.Combine("docs", "kubernetes.md"), Cancelled);
        var outputs = new List<string>();
        try
        {
            foreach (Match block in Block().Matches(guide))
            {
                // What a block starts in the background ends with it.
                var script = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\ndrift() { dotnet \"$DRIFT\" \"$@\"; }\n" + Adapted(block.Groups["commands"].Value);
                var run = (await ProcessRun.RunAsync("bash", ["-c", script], timeout: TimeSpan.FromMinutes(2), workingDirectory: folder.Path, environment: environment, cancellationToken: Cancelled)).EnsureSuccess();
                outputs.Add(run.Output);
            }
        }
        finally
        {
            await KubernetesFixture.KubectlAsync(["delete", "namespace", name, "--ignore-not-found", "--wait=false"]);
        }
        Assert.Equal(6, outputs.Count);
        Assert.EndsWith("\nOK", outputs[3].TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("deployment/site changed\n", outputs[4], StringComparison.Ordinal);
        Assert.Contains("poddisruptionbudget/site unchanged\n", outputs[4], StringComparison.Ordinal);
        Assert.Contains($"deployment/site in {name}: 3 of 3 pods ready\n", outputs[4], StringComparison.Ordinal);
        Assert.Contains("  current\n", outputs[4], StringComparison.Ordinal);

        string Adapted(string text) => text.Replace("drift-production", name, StringComparison.Ordinal)
            .Replace("8080:8080", string.Create(CultureInfo.InvariantCulture, $"{port}:8080"), StringComparison.Ordinal).Replace("localhost:8080", string.Create(CultureInfo.InvariantCulture, $"localhost:{port}"), StringComparison.Ordinal)
            .Replace("ghcr.io/me/site", $"{cluster.Registry}/{name}", StringComparison.Ordinal);
    }

    [GeneratedRegex("```sh\n(?<commands>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();
}
