// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Fuzz;

/// <summary>Configs: what parses is written as something that parses to the same.</summary>
internal sealed class ConfigTarget() : FuzzTarget("config")
{
    public override IReadOnlyList<string> Tokens =>
    [
        .. JsonTokens.All, "\"architecture\"", "\"os\"", "\"config\"", "\"rootfs\"", "\"diff_ids\"", "\"history\"", "\"created\"", "\"empty_layer\"", "\"Env\"", "\"Cmd\"", "\"Entrypoint\"", "\"User\"",
        "\"ExposedPorts\"", "\"Volumes\"", "\"Labels\"", "\"Healthcheck\"", "\"Interval\"", "\"Retries\"", "\"Test\"", "\"Shell\"", "\"OnBuild\"", "\"type\":\"layers\"", "sha256:",
    ];

    public override Task<string> RunAsync(byte[] input)
    {
        var config = OciJson.ReadConfig(input, "input");
        var written = OciJson.Write(config);
        Ensure(OciJson.Write(OciJson.ReadConfig(written, "written")).AsSpan().SequenceEqual(written), "a config changes when it is read and written");
        return Task.FromResult($"config {config.Config is not null} {config.History?.Count > 0} {config.Config?.HealthCheck is not null} {config.OtherMembers?.Count > 0}");
    }
}
