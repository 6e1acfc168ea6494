// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>Objects that older clusters know by an earlier version of their API only, with the same fields.</summary>
internal static class ApiVersions
{
    private static readonly (string Kind, string Version, string Earlier)[] Known =
    [
        ("PodDisruptionBudget", "policy/v1", "policy/v1beta1"),
        ("HorizontalPodAutoscaler", "autoscaling/v2", "autoscaling/v2beta2"),
    ];

    /// <summary>A file as a cluster that has these versions understands it.</summary>
    public static ObjectFile Adapt(ObjectFile file, IReadOnlySet<string> versions)
    {
        var changes = new List<(YamlField Field, string Value)>();
        foreach (var map in file.Fields("apiVersion", "kind").GroupBy(field => field.Map))
        {
            var (version, kind) = (map.FirstOrDefault(field => field.Key == "apiVersion"), map.FirstOrDefault(field => field.Key == "kind"));
            var (_, current, earlier) = Array.Find(Known, known => known.Kind == kind?.Value && known.Version == version?.Value);
            if (current is not null && !versions.Contains(current) && versions.Contains(earlier)) changes.Add((version!, earlier));
        }
        return file.With(changes);
    }
}
