// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A processor architecture that assembly sources can be for.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Target">clang's target triple.</param>
/// <param name="FolderNames">The folder names that mean it.</param>
internal sealed record AssemblyArchitecture(Platform Platform, string Target, IReadOnlyList<string> FolderNames)
{
    public static IReadOnlyList<AssemblyArchitecture> All { get; } =
    [
        new(Platform.LinuxAmd64, "x86_64-linux-gnu", ["x86_64", "amd64"]),
        new(Platform.LinuxArm64, "aarch64-linux-gnu", ["aarch64", "arm64"]),
    ];
}
