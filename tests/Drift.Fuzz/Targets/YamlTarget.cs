// SPDX-License-Identifier: Apache-2.0

using Drift.Recipes;

namespace Drift.Fuzz;

/// <summary><c>drift.yaml</c>.</summary>
internal sealed class YamlTarget() : FuzzTarget("yaml")
{
    public override IReadOnlyList<string> Tokens =>
    [
        "\n", "  ", "- ", ": ", "? ", "|\n", ">-\n", "[", "]", "{", "}", ",", "&a ", "*a", "!!str ", "<<: ", "---\n", "...\n", "#", "'", "\"", "\\", "\\ud800", "\\U0010ffff", "\\U00110000", "\\x00", "%YAML 1.2\n",
        "%TAG ! a\n", "\t", "\ufeff", "é", "~", "null", "name: ", "layers:\n", "from: ", "to: /", "user: ", "ports: ", "healthcheck:\n", "interval: 1h2m", "compression: gzip:9", "platforms: [linux/arm64]",
        "environment:\n", "assembly: {entry: _start}", "define: {A: 1}", "git: true", "base: scratch", "mode: 755", "owner: 1:2", "ignore: ['**/x']", "links:\n", "volumes: [/a]", "\u2028", "\u0085",
    ];

    public override Task<string> RunAsync(byte[] input)
    {
        var file = ProjectKeys.Root.Read(YamlDocument.Parse(input, "drift.yaml"));
        return Task.FromResult($"{file.Name is null} {file.Layers.Count > 0} {file.Platforms.Count > 0} {file.Annotations.Count > 0} {file.Environment.Count > 0} {file.Config}");
    }
}
