// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>What a folder's <c>drift.yaml</c> says of the image that the folder becomes; null and empty where it says nothing.</summary>
public sealed record ProjectFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "drift.yaml";

    /// <summary>The repository name.</summary>
    public string? Name { get; init; }

    /// <summary>The platforms to build for.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];

    /// <summary>How layers are compressed.</summary>
    public LayerCompression? Compression { get; init; }

    /// <summary>The annotations of each manifest and of the index.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the annotations of the Git commit are added.</summary>
    public bool Git { get; init; }

    internal string? Recipe { get; init; }

    internal string? Source { get; init; }

    internal string? Base { get; init; }

    /// <summary>How a site is served; null where it says nothing of one.</summary>
    internal SiteOptions? Site { get; init; }

    internal AssemblyOptions? Assembly { get; init; }

    internal IReadOnlyList<ProjectLayer> Layers { get; init; } = [];

    internal IReadOnlyList<string> Include { get; init; } = [];

    internal string? Author { get; init; }

    /// <summary>What is set of the config; null where the image's own stays.</summary>
    internal ContainerConfig Config { get; init; } = new();

    internal IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Reads a folder's project file; null when it has none.</summary>
    /// <exception cref="DriftException">It is not what it should be: <see cref="ErrorCode.InvalidProject"/>.</exception>
    internal static ProjectFile? TryRead(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return File.Exists(path) ? ProjectKeys.Root.Read(YamlDocument.Parse(ReadBytes(path), directory == "." ? FileName : path)) : null;
    }

    /// <summary>An image's config with what this file sets.</summary>
    internal ContainerConfig Apply(ContainerConfig config) => (config with
    {
        User = Config.User ?? config.User,
        ExposedPorts = Union(config.ExposedPorts, Config.ExposedPorts),
        Entrypoint = Config.Entrypoint ?? config.Entrypoint,
        // Arguments of another program's would not fit.
        Command = Config.Command ?? (Config.Entrypoint is null ? config.Command : null),
        WorkingDirectory = Config.WorkingDirectory ?? config.WorkingDirectory,
        StopSignal = Config.StopSignal ?? config.StopSignal,
        Volumes = Union(config.Volumes, Config.Volumes),
        HealthCheck = Config.HealthCheck ?? config.HealthCheck,
        Shell = Config.Shell ?? config.Shell,
    }).WithVariables(Environment).WithLabels(Config.Labels ?? new Dictionary<string, string>(StringComparer.Ordinal));

    private static IReadOnlyList<string>? Union(IReadOnlyList<string>? old, IReadOnlyList<string>? more) => more is null ? old : [.. (old ?? []).Union(more, StringComparer.Ordinal)];

    internal static ReadOnlySpan<byte> ReadBytes(string path)
    {
        // What has no length is never opened: a pipe would wait for its writer.
        if (new FileInfo(path).Length == 0) return [];
        using var file = File.OpenRead(path);
        var bytes = new byte[YamlDocument.MaximumSize + 1];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (count > YamlDocument.MaximumSize) throw new DriftException(ErrorCode.InvalidProject, $"{path}:1:1: The file is larger than {YamlDocument.MaximumSize} bytes.", "Put files into layers by their names.");
        return bytes.AsSpan(0, count);
    }
}
