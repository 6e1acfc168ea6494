// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drift.Deployment;

/// <summary>What Drift has noted on a machine about an application. Which of the two answers is for nft to say.</summary>
internal sealed record VmState
{
    // The ports come first: the script reads those of other applications from the start of the line.
    [JsonPropertyOrder(-3)]
    public required int Front { get; init; }

    [JsonPropertyOrder(-2)]
    public required int Blue { get; init; }

    [JsonPropertyOrder(-1)]
    public required int Green { get; init; }

    public VmMode Mode { get; init; }

    /// <summary>What was deployed, the latest first; the first one is the one that answers.</summary>
    public IReadOnlyList<VmRelease> History { get; init; } = [];

    /// <summary>What is about to be switched to; null when nothing is.</summary>
    public VmRelease? Journal { get; init; }

    [JsonIgnore]
    public VmRelease? Current => History.Count > 0 ? History[0] : null;

    public static VmState? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, VmJsonContext.Default.VmState);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public int PortOf(Colour colour) => colour == Colour.Blue ? Blue : Green;

    public string ToJson() => JsonSerializer.Serialize(this, VmJsonContext.Default.VmState);
}
