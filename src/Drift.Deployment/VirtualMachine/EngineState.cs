// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Deployment;

/// <summary>A container of an engine, and how it is.</summary>
/// <param name="IsRunning">Whether its program runs now.</param>
/// <param name="IsPaused">Whether it is frozen.</param>
/// <param name="ExitCode">What its program ended with, the last time.</param>
/// <param name="WasOutOfMemory">Whether it was killed for using too much.</param>
/// <param name="Restarts">How often the engine has started it again.</param>
/// <param name="Digest">The digest that it was deployed by; null when Drift did not make it.</param>
/// <param name="Image">The image's ID in the engine.</param>
internal sealed record EngineState(bool IsRunning, bool IsPaused, int ExitCode, bool WasOutOfMemory, int Restarts, string? Digest, string Image)
{
    /// <summary>The label with the digest that was deployed.</summary>
    public const string DigestLabel = "drift.digest";

    /// <summary>Whether its program runs, and has done so since it was started.</summary>
    public bool IsUp => IsRunning && !IsPaused && Restarts == 0;

    public static EngineState Read(JsonElement container)
    {
        var state = container.Object("State");
        return new EngineState(
            state.IsTrue("Running") && !state.IsTrue("Restarting"), state.IsTrue("Paused"), (int)(state.Number("ExitCode") ?? 0), state.IsTrue("OOMKilled"),
            (int)(container.Number("RestartCount") ?? 0), container.Object("Config").Object("Labels").Text(DigestLabel), container.Text("Image") ?? "");
    }

    /// <summary>What became of it, in words.</summary>
    public override string ToString() => IsPaused ? "paused" : IsRunning ? "running" : WasOutOfMemory ? $"ended with exit code {ExitCode} (out of memory)" : $"ended with exit code {ExitCode}";
}
