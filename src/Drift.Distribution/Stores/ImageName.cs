// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>How an entry of a layout's index.json says what its image is called.</summary>
internal static class ImageName
{
    private const string Tag = "org.opencontainers.image.ref.name";
    // What containerd, podman and BuildKit call the whole name.
    private const string Reference = "io.containerd.image.name";

    public static string? TagOf(Descriptor entry) => entry.Annotations?.GetValueOrDefault(Tag);

    /// <summary>The entry under another tag, or under none. Its other annotations stay.</summary>
    public static Descriptor With(Descriptor entry, string? tag) => With(entry, tag, null);

    /// <summary>The entry under a whole name, or under none.</summary>
    public static Descriptor With(Descriptor entry, ImageReference? name) => With(entry, name?.Tag?.ToString(), name?.ToString());

    private static Descriptor With(Descriptor entry, string? tag, string? reference)
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in entry.Annotations ?? new Dictionary<string, string>(StringComparer.Ordinal)) annotations[key] = value;
        Set(Tag, tag);
        Set(Reference, reference);
        return entry with { Annotations = annotations.Count == 0 ? null : annotations };

        void Set(string key, string? value)
        {
            if (value is null) annotations.Remove(key);
            else annotations[key] = value;
        }
    }
}
