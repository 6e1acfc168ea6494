// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>A kind of resource that goss knows: which properties can be expected of it, and which settings say how it is looked at.</summary>
/// <param name="Key">Its key in a goss file.</param>
/// <param name="Name">Its name in results.</param>
/// <param name="NameKey">The setting that holds the name when the key of the resource is another one; null when there is none.</param>
/// <param name="Properties">What can be expected, in the order of the results. The first must be.</param>
internal sealed record CheckKind(string Key, string Name, string? NameKey, IReadOnlyList<string> Properties)
{
    /// <summary>Whether the other properties are skipped unless the first is as expected and true: what is not there has none.</summary>
    public bool IsDecidedByFirst { get; init; } = true;

    /// <summary>Whether the first property may be left out.</summary>
    public bool IsFirstOptional { get; init; }

    /// <summary>The properties that are texts of many lines: a list stands for patterns there.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Settings that hold a text.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Settings that are true or false.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>How long looking takes at most when the file does not say so; null when it cannot say.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Every kind that is evaluated.</summary>
    public static IReadOnlyDictionary<string, CheckKind> All { get; } = new CheckKind[]
    {
        new("addr", "Addr", "address", ["reachable"]) { Timeout = TimeSpan.FromMilliseconds(500), Settings = ["local-address"] },
        new("command", "Command", "exec", ["exit-status", "stdout", "stderr"]) { IsDecidedByFirst = false, Texts = ["stdout", "stderr"], Timeout = TimeSpan.FromSeconds(10) },
        new("dns", "DNS", "resolve", ["resolvable", "addrs"]) { Timeout = TimeSpan.FromMilliseconds(500), Settings = ["server"] },
        new("file", "File", "path", ["exists", "mode", "owner", "uid", "group", "gid", "linked-to", "filetype", "contents", "size", "md5", "sha256", "sha512"]) { Texts = ["contents"] },
        new("group", "Group", "groupname", ["exists", "gid"]),
        new("http", "HTTP", "url", ["status", "headers", "body"])
        {
            Texts = ["headers", "body"],
            Timeout = TimeSpan.FromSeconds(5),
            Settings = ["request-headers", "request-body", "username", "password", "ca-file", "cert-file", "key-file", "proxy", "method"],
            Flags = ["allow-insecure", "no-follow-redirects"],
        },
        new("kernel-param", "KernelParam", "name", ["value"]),
        new("matching", "Matching", null, ["matches"]) { Settings = ["content"], Flags = ["as-reader"] },
        new("mount", "Mount", "mountpoint", ["exists", "opts", "vfs-opts", "source", "filesystem", "usage"]) { Timeout = TimeSpan.FromSeconds(1) },
        new("package", "Package", "name", ["installed", "versions"]),
        new("port", "Port", "port", ["listening", "ip"]),
        new("process", "Process", "comm", ["running"]),
        new("service", "Service", "name", ["enabled", "running"]) { IsDecidedByFirst = false, IsFirstOptional = true },
        new("user", "User", "username", ["exists", "uid", "gid", "home", "groups", "shell"]),
    }.ToDictionary(kind => kind.Key, StringComparer.Ordinal);

    /// <summary>Every key that a resource of this kind may have.</summary>
    public IEnumerable<string> Keys => [.. Properties, .. Settings, .. Flags, .. NameKey is null ? Array.Empty<string>() : [NameKey], .. Timeout is null ? Array.Empty<string>() : ["timeout"], "title", "meta", "skip"];
}
