// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.Recipes;

namespace Drift.Fuzz;

/// <summary><c>*.deps.json</c> and <c>*.runtimeconfig.json</c>.</summary>
internal sealed class DotNetTarget() : FuzzTarget("dotnet")
{
    public override IReadOnlyList<string> Tokens =>
    [
        .. JsonTokens.All, "\"runtimeTarget\"", "\"name\"", "\"targets\"", "\"libraries\"", "\"type\"", "\"runtime\"", "\"native\"", "\"resources\"", "\"locale\"", "\"runtimeTargets\"", "\"rid\"", "\"assetType\"",
        "\"runtimeOptions\"", "\"framework\"", "\"frameworks\"", "\"includedFrameworks\"", "\"version\"", "10.0.0", "runtimepack.", ".Runtime.", "/_._", "../",
    ];

    public override Task<string> RunAsync(byte[] input)
    {
        DriftException? error = null;
        var outcome = "";
        try
        {
            outcome += $"libraries {DependencyManifest.Parse(input, "input").Libraries.Count > 0} ";
        }
        catch (DriftException e)
        {
            error = e;
        }
        try
        {
            outcome += $"self-contained {RuntimeConfig.Parse(input, "input").IsSelfContained}";
        }
        catch (DriftException e)
        {
            if (error is not null) throw new DriftException(e.Code, $"{error.Message} {e.Message}", e.Hint);
        }
        return Task.FromResult(outcome);
    }
}
