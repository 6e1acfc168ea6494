// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Text.Json;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>Brings an image into a machine's engine, and makes sure that it is the right one.</summary>
internal sealed class ImageFetch(SshHost host, DockerClient docker, SwitchSession session, string app)
{
    // What is unpacked takes more room than what travels.
    private const int Unpacked = 4;
    private const long Spare = 16L << 20;

    /// <summary>What an engine calls an image once it has it.</summary>
    public static string NameOf(VmImage image, string app) => image.Repository is { } repository ? $"{repository}@{image.Root.Digest}" : $"drift.local/{app}:{image.Root.Digest.Hex[..32]}";

    /// <summary>Whether the engine has an image of this name.</summary>
    public async Task<bool> HasAsync(string name, CancellationToken cancellationToken) => await docker.FindImageAsync(name, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Whether an image that the engine has says who runs it.</summary>
    public async Task<bool> HasUserAsync(string name, CancellationToken cancellationToken) =>
        await docker.FindImageAsync(name, cancellationToken).ConfigureAwait(false) is { } image && image.Object("Config").Text("User") is { Length: > 0 };

    /// <summary>Pulls or sends the image, unless it is there.</summary>
    public async Task RunAsync(VmImage image, Platform platform, CancellationToken cancellationToken)
    {
        var (descriptor, manifest, _) = await image.SelectAsync(platform, cancellationToken).ConfigureAwait(false);
        var name = NameOf(image, app);
        if (await docker.FindImageAsync(name, cancellationToken).ConfigureAwait(false) is { } present)
        {
            Check(present, image, descriptor, manifest, platform);
            return;
        }
        await CheckSpaceAsync(manifest, cancellationToken).ConfigureAwait(false);
        if (image.Repository is { } repository)
        {
            await docker.PullAsync(repository, image.Root.Digest, platform, image.Authorization, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var archive = await ImageArchive.OfDockerAsync(image.Source, descriptor, ImageReference.Parse(name), platform, cancellationToken).ConfigureAwait(false);
            using var content = new ArchiveContent(archive);
            await docker.LoadAsync(content, cancellationToken).ConfigureAwait(false);
        }
        var there = await docker.FindImageAsync(name, cancellationToken).ConfigureAwait(false) ?? throw new DriftException(ErrorCode.RuntimeFailed, $"Docker of {host} says that it has {name}, and does not.");
        Check(there, image, descriptor, manifest, platform);
    }

    private async Task CheckSpaceAsync(ImageManifest manifest, CancellationToken cancellationToken)
    {
        if (await docker.RootAsync(cancellationToken).ConfigureAwait(false) is not { } root) return;
        if (await session.SendAsync($"free {root}", cancellationToken).ConfigureAwait(false) is not [var text] || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes)) return;
        var needed = (manifest.Layers.Sum(layer => Math.Clamp(layer.Size, 0, long.MaxValue / 1_000_000)) * Unpacked) + Spare;
        if (kibibytes * 1024 < needed)
        {
            throw new DriftException(ErrorCode.HostNotReady, string.Create(CultureInfo.InvariantCulture, $"{root} of {host} has {kibibytes / 1024} MiB of free space, and the image wants {needed >> 20} MiB."), "Free some space there, for example with docker image prune --all.");
        }
    }

    // The classic store of Docker calls an image by the digest of its config, containerd's by that of its manifest or index.
    private void Check(JsonElement there, VmImage image, Descriptor descriptor, ImageManifest manifest, Platform platform)
    {
        var id = there.Text("Id");
        if (id != manifest.Config.Digest.ToString() && id != descriptor.Digest.ToString() && id != image.Root.Digest.ToString())
        {
            throw new DriftException(ErrorCode.ContentMismatch, $"Docker of {host} has another image than {image.Root.Digest} under its name: {id}.", "Remove it there with docker image rm, and deploy again.");
        }
        if (there.Text("Architecture") != platform.Architecture) throw new DriftException(ErrorCode.ContentMismatch, $"The image in Docker of {host} is for {there.Text("Architecture")}, not for {platform}.");
    }

    /// <summary>An archive of a length that nobody knows before.</summary>
    private sealed class ArchiveContent(ImageArchive archive) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => archive.WriteAsync(stream, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => archive.WriteAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
