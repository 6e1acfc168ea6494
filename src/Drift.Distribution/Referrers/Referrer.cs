// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A manifest, or an index, that names another as its subject.</summary>
/// <param name="Descriptor">The referrer as lists of referrers have it: with its artifact type and annotations.</param>
/// <param name="Subject">What it refers to.</param>
internal sealed partial record Referrer(Descriptor Descriptor, Digest Subject)
{
    // A digest's algorithm and hash are cut to these lengths, so that the tag is one (distribution-spec, "Referrers Tag Schema").
    private const int LongestAlgorithm = 32, LongestHash = 64;

    /// <summary>Reads what a manifest or an index refers to; null when it is nothing, or it cannot be read.</summary>
    public static Referrer? Read(Descriptor descriptor, ReadOnlySpan<byte> content)
    {
        if (content.IndexOf("\"subject\""u8) < 0) return null;
        try
        {
            var (subject, artifactType, annotations) = MediaTypes.IsIndex(descriptor.MediaType)
                ? Facts(OciJson.ReadIndex(content, descriptor.Digest.ToString()))
                : Facts(OciJson.ReadManifest(content, descriptor.Digest.ToString()));
            return subject is null ? null : new Referrer(new Descriptor { MediaType = descriptor.MediaType, Digest = descriptor.Digest, Size = content.Length, ArtifactType = artifactType, Annotations = annotations }, subject.Digest);
        }
        catch (DriftException)
        {
            return null;
        }
    }

    /// <summary>The tag of the index that lists the referrers of a manifest where there is no API for that.</summary>
    public static string TagOf(Digest subject) => $"{Cut(subject.Algorithm, LongestAlgorithm)}-{Cut(subject.Hex, LongestHash)}";

    /// <summary>Whether a tag is such a one, and no name that someone gave an image.</summary>
    public static bool IsTag(string? tag) => tag is not null && Tag().IsMatch(tag);

    /// <summary>The manifest that a tag of the older scheme of signatures belongs to, as in <c>sha256-….sig</c>; null for any other tag.</summary>
    public static Digest? SubjectOfTag(string? tag) => tag is not null && OlderTag().Match(tag) is { Success: true } match ? Digest.Parse($"{match.Groups["algorithm"].Value}:{match.Groups["hash"].Value}") : null;

    private static (Descriptor? Subject, string? ArtifactType, IReadOnlyDictionary<string, string>? Annotations) Facts(ImageManifest manifest) =>
        (manifest.Subject, manifest.ArtifactType is { Length: > 0 } type ? type : manifest.Config.MediaType, manifest.Annotations);

    private static (Descriptor? Subject, string? ArtifactType, IReadOnlyDictionary<string, string>? Annotations) Facts(ImageIndex index) => (index.Subject, index.ArtifactType, index.Annotations);

    private static string Cut(string text, int length) => text.Length > length ? text[..length] : text;

    [GeneratedRegex("^sha(256|512)-[0-9a-f]{64}$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Tag();

    [GeneratedRegex("^(?<algorithm>sha256)-(?<hash>[0-9a-f]{64})\\.[a-z]+$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OlderTag();
}
