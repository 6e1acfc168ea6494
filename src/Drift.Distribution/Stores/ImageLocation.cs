// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Where an image is, as the command line writes it, with skopeo's transports: <c>oci:DIR[:TAG]</c>, <c>oci-archive:FILE[:TAG]</c>,
/// <c>docker-archive:FILE[:NAME:TAG]</c>, or a bare reference for a registry.
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

    /// <summary>The folder or the file; empty for a registry.</summary>
    public string Path { get; private init; } = "";

    /// <summary>The tag inside a layout, or the name that a docker-archive's image gets.</summary>
    public string? Name { get; private init; }

    /// <summary>The reference in a registry; null for a folder or a file.</summary>
    public ImageReference? Reference { get; private init; }

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

    private static void CheckName(string text, int start, ImageTransport transport)
    {
        var name = text[start..];
        try
        {
            if (transport != ImageTransport.DockerArchive) _ = Tag.Parse(name);
            else if (ImageReference.Parse(name).Digest is not null) throw new ReferenceException(name, name.IndexOf('@', StringComparison.Ordinal), "An image in a docker-archive has no digest.");
        }
        catch (ReferenceException e)
        {
            throw transport == ImageTransport.DockerArchive
                ? new ReferenceException(text, start + e.Position, "What follows the file is not a name and tag.", "Write it as NAME:TAG.")
                : new ReferenceException(text, start + e.Position, "What follows the path is not a tag.", "Use up to 128 letters, digits, _ . and -.");
        }
    }

    private static readonly (string Prefix, ImageTransport Transport)[] Prefixes =
    [
        ("oci:", ImageTransport.OciLayout), ("oci-archive:", ImageTransport.OciArchive), ("docker-archive:", ImageTransport.DockerArchive),
    ];
}
