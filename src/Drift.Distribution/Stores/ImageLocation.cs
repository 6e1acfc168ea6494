// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Where an image is, as the command line writes it, with skopeo's transports: <c>oci:DIR[:TAG]</c>, <c>oci-archive:FILE[:TAG]</c>,
/// <c>docker-archive:FILE[:NAME:TAG]</c>, <c>docker-daemon:NAME[:TAG]</c>, <c>containers-storage:NAME[:TAG]</c>; <c>containerd:NAME[:TAG]</c>;
/// or a bare reference for a registry.
/// </summary>
public sealed record ImageLocation
{
    private ImageLocation(ImageTransport transport, string text)
    {
        Transport = transport;
        Text = text;
    }

    /// <summary>How the image is stored.</summary>
    public ImageTransport Transport { get; }

    /// <summary>The folder or the file; empty for a registry and an engine.</summary>
    public string Path { get; private init; } = "";

    /// <summary>The tag inside a layout, or the name of the image in a docker-archive or an engine.</summary>
    public string? Name { get; private init; }

    /// <summary>The reference in a registry; null for everything else.</summary>
    public ImageReference? Reference { get; private init; }

    /// <summary>Whether one image is named, by a tag or a digest that is written out; a repository or a layout has many.</summary>
    public bool NamesImage => Reference is { } reference ? reference.Digest is not null || Text.EndsWith($":{reference.Tag}", StringComparison.Ordinal) : Name is not null;

    private string Text { get; }

    /// <summary>Parses a location.</summary>
    /// <exception cref="ReferenceException">The text is none; the message shows where.</exception>
    public static ImageLocation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (prefix, transport) in Prefixes)
        {
            if (!text.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var rest = text[prefix.Length..];
            if (EngineStore.Of(transport) is not null)
            {
                CheckName(text, prefix.Length, transport);
                return new ImageLocation(transport, text) { Name = rest };
            }
            var colon = rest.IndexOf(':', StringComparison.Ordinal);
            var path = colon < 0 ? rest : rest[..colon];
            var name = colon < 0 ? null : rest[(colon + 1)..];
            if (path.Length == 0) throw new ReferenceException(text, prefix.Length, "The path is empty.", $"Write it as {prefix}{(transport == ImageTransport.OciLayout ? "DIR" : "FILE")}.");
            if (name is not null) CheckName(text, prefix.Length + path.Length + 1, transport);
            return new ImageLocation(transport, text) { Path = path, Name = name };
        }
        return new ImageLocation(ImageTransport.Registry, text) { Reference = ImageReference.Parse(text) };
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>The only image of an archive, whose path may hold a colon.</summary>
    internal static ImageLocation OfArchive(ImageTransport transport, string path) => new(transport, path) { Path = path };

    private static void CheckName(string text, int start, ImageTransport transport)
    {
        var name = text[start..];
        var isTag = transport is ImageTransport.OciLayout or ImageTransport.OciArchive;
        try
        {
            if (isTag) _ = Tag.Parse(name);
            else if (ImageReference.Parse(name).Digest is not null) throw new ReferenceException(name, name.IndexOf('@', StringComparison.Ordinal), "An image in an archive or an engine has no digest.");
        }
        catch (ReferenceException e)
        {
            throw isTag
                ? new ReferenceException(text, start + e.Position, "What follows the path is not a tag.", "Use up to 128 letters, digits, _ . and -.")
                : new ReferenceException(text, start + e.Position, "This is not a name and tag.", "Write it as NAME:TAG.");
        }
    }

    private static readonly (string Prefix, ImageTransport Transport)[] Prefixes =
    [
        ("oci:", ImageTransport.OciLayout), ("oci-archive:", ImageTransport.OciArchive), ("docker-archive:", ImageTransport.DockerArchive),
        ("docker-daemon:", ImageTransport.DockerDaemon), ("containers-storage:", ImageTransport.ContainersStorage), ("containerd:", ImageTransport.Containerd),
    ];
}
