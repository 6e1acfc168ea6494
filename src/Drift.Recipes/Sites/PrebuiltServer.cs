// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The servers that were assembled when Drift was built, so that making a site needs no assembler.</summary>
public static class PrebuiltServer
{
    /// <summary>The server for a platform, without a site and with its symbols.</summary>
    /// <exception cref="DriftException">There is none for it: <see cref="ErrorCode.NotSupported"/>.</exception>
    public static ReadOnlyMemory<byte> Read(Platform platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        var name = platform switch
        {
            { OperatingSystem: "linux", Architecture: "amd64" } => "server-x86_64",
            { OperatingSystem: "linux", Architecture: "arm64" } => "server-aarch64",
            _ => throw new DriftException(ErrorCode.NotSupported, $"There is no web server for {platform}.", "Build the site for linux/amd64 or linux/arm64."),
        };
        using var resource = typeof(PrebuiltServer).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly carries no {name}.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
