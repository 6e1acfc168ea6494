// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A runtime identifier of .NET, for example <c>linux-x64</c> or <c>linux-musl-arm64</c>.</summary>
internal readonly record struct RuntimeIdentifier(string Name)
{
    /// <summary>Whether it can be for Linux; <c>unix</c> and <c>any</c> are for others too.</summary>
    public bool IsLinux => Name is "any" or "unix" or "linux" || Name.StartsWith("linux-", StringComparison.Ordinal) || Name.StartsWith("unix-", StringComparison.Ordinal);

    /// <summary>Whether it is for musl, the C library of Alpine.</summary>
    public bool IsMusl => Name.Contains("-musl", StringComparison.Ordinal);

    /// <summary>The architecture in the image specification's words; null for any.</summary>
    public string? Architecture => Name[(Name.LastIndexOf('-') + 1)..] switch
    {
        "x64" => "amd64",
        "x86" => "386",
        "loongarch64" => "loong64",
        "any" or "unix" or "linux" or "musl" => null,
        var other => other,
    };

    /// <summary>Whether what is for this runs on a platform.</summary>
    public bool Serves(Platform platform) => IsLinux && platform.OperatingSystem == "linux" && (Architecture is null || Architecture == platform.Architecture);
}
