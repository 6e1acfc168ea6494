// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>The paths of a layer's entries.</summary>
internal static class TarPath
{
    /// <summary>The longest path that is looked at, in characters: Linux's PATH_MAX.</summary>
    public const int MaximumLength = 4096;

    /// <summary>The parts of a path, without those that mean nothing; the root has none.</summary>
    public static string[] Split(string path) => [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".")];
}
