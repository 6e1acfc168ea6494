// SPDX-License-Identifier: Apache-2.0

namespace Drift.Fuzz;

/// <summary>Every target there is.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new TarTarget(), new LayersTarget(), new CompressionTarget(), new ManifestTarget(), new ConfigTarget(), new ReferenceTarget(), new YamlTarget(), new IgnoreTarget(),
        new ElfTarget(), new DotNetTarget(), new ObjectsTarget(), new DiskTarget(), new BootTarget(), new GossTarget(),
    ];
}
