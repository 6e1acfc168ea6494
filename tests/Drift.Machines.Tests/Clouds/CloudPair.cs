// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines.Tests;

/// <summary>AWS, which has an image, and Oracle, which is to have it.</summary>
internal sealed record CloudPair(ScriptedAws Aws, ScriptedOracle Oracle) : IAsyncDisposable
{
    /// <summary>What tells the tool of both.</summary>
    public Dictionary<string, string?> Variables => new([.. Aws.Variables, .. Oracle.Variables()], StringComparer.Ordinal);

    public static async Task<CloudPair> StartedAsync(string disk) => new(await ScriptedAws.StartedAsync(disk), await ScriptedOracle.StartedAsync());

    public void AssertNothingLeft()
    {
        Assert.Empty(Oracle.Links);
        Assert.Empty(Oracle.Objects);
        Assert.Empty(Oracle.Uploads);
    }

    public void AssertCopied(string image)
    {
        AssertNothingLeft();
        Assert.Equal([image], Oracle.Images.Keys);
        Assert.Equal("AVAILABLE", (string?)Oracle.Images[image]["lifecycleState"]);
        Assert.True(JsonNode.DeepEquals(new JsonArray("VM.Standard.A1.Flex"), Oracle.Images[image]["shapes"]));
        Assert.Single(Oracle.Capabilities);
    }

    public async ValueTask DisposeAsync()
    {
        await Aws.DisposeAsync();
        await Oracle.DisposeAsync();
    }
}
