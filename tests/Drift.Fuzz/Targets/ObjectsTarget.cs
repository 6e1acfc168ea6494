// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;

namespace Drift.Fuzz;

/// <summary>Files of Kubernetes objects: whatever stands for an image is replaced, and the file still says the same of everything else.</summary>
internal sealed class ObjectsTarget() : FuzzTarget("objects")
{
    private const string Other = "r.example/other@sha256:0123456789012345678901234567890123456789012345678901234567890123";

    public override IReadOnlyList<string> Tokens =>
    [
        "\n", "\r\n", "\r", "  ", "- ", ": ", "? ", "|\n", ">-\n", "[", "]", "{", "}", ",", "&a ", "*a", "*a ", "!!str ", "<<: ", "---\n", "...\n", "#", "'", "''", "\"", "\\", "\\x41", "%YAML 1.2\n", "\t", "\ufeff", "é", "\U0001F680", "~", "null",
        "image: ", "image: a:1", "image: 'a'", "image: \"a\"", "{image: a}", "containers:\n", "\u2028", "\u0085",
    ];

    public override Task<string> RunAsync(byte[] input)
    {
        var file = ObjectFile.Parse(input, "objects.yaml");
        var images = file.ImageNames.ToList();
        Ensure(file.ToBytes().AsSpan().SequenceEqual(input), "a file that is not changed has other bytes");
        Ensure(file.WithImages(images.Distinct(StringComparer.Ordinal).ToDictionary(image => image, image => image, StringComparer.Ordinal)).ImageNames.SequenceEqual(images, StringComparer.Ordinal), "images that are replaced by themselves are others");
        var changed = file.WithImages(images.Distinct(StringComparer.Ordinal).ToDictionary(image => image, _ => Other, StringComparer.Ordinal));
        Ensure(changed.ImageNames.SequenceEqual(Enumerable.Repeat(Other, images.Count), StringComparer.Ordinal), "images that were replaced are not there, or more are");
        return Task.FromResult($"{Math.Min(images.Count, 4)}");
    }
}
