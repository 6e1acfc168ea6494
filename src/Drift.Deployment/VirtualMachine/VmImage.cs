// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>An image to deploy to a machine: pulled there by its digest, or sent over the connection.</summary>
public sealed record VmImage
{
    /// <summary>What it was asked for as, for people.</summary>
    public required string Reference { get; init; }

    /// <summary>Where the image is.</summary>
    public required IImageSource Source { get; init; }

    /// <summary>The image, or the index.</summary>
    public required Descriptor Root { get; init; }

    /// <summary>The repository that the machine pulls from, for example <c>ghcr.io/me/site</c>; null when the image is sent.</summary>
    public string? Repository { get; init; }

    /// <summary>What opens the repository to the machine; null for nothing.</summary>
    public RegistryCredential? Credential { get; init; }

    /// <summary>Finds the image for a platform and reads its manifest and config.</summary>
    /// <exception cref="DriftException">There is none for the platform; the message lists what there is.</exception>
    public async Task<(Descriptor Manifest, ImageManifest Content, ImageConfig Config)> SelectAsync(Platform platform, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(platform);
        var descriptor = await Source.SelectPlatformAsync(Root, platform, cancellationToken).ConfigureAwait(false);
        var manifest = OciJson.ReadManifest((await Source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false)).Span, descriptor.Digest.ToString());
        var config = OciJson.ReadConfig(await Source.ReadSmallBlobAsync(manifest.Config, cancellationToken).ConfigureAwait(false), manifest.Config.Digest.ToString());
        return config.Platform.Serves(platform)
            ? (descriptor, manifest, config)
            : throw new DriftException(ErrorCode.NotFound, $"{Reference} is for {config.Platform}, not for {platform}.", $"Build it for {platform}.");
    }

    /// <summary>The value of <c>X-Registry-Auth</c> for the engine; null when the repository is open. Without its padding, old engines take it for nobody's.</summary>
    internal string? Authorization => Credential is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["username"] = Credential.Username,
        ["password"] = Credential.Password,
        ["identitytoken"] = Credential.IdentityToken,
        ["registrytoken"] = Credential.RegistryToken,
        ["serveraddress"] = Repository?.Split('/')[0],
    }.ToJsonString())).Replace('+', '-').Replace('/', '_');
}
