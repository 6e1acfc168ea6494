// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>How an app's container is run: what the base sets stays, but for the program.</summary>
internal static class DotNetConfig
{
    private const string HttpPorts = "ASPNETCORE_HTTP_PORTS";
    private const string DefaultUser = "65532:65532";

    public static ContainerConfig Of(ContainerConfig config, DotNetApp app, string version, string root)
    {
        config = config with
        {
            Entrypoint = app.Executable is null ? ["dotnet", $"{root}/{app.Program}"] : [$"{root}/{app.Program}"],
            // Arguments of the base's own program.
            Command = null,
            WorkingDirectory = root,
            User = string.IsNullOrEmpty(config.User) ? UserOf(config) : config.User,
            Labels = LabelsOf(config.Labels, app.Name, version),
        };
        return app.IsWeb ? Listening(config) : config;
    }

    /// <summary>Microsoft's images say which number their user for apps has.</summary>
    private static string UserOf(ContainerConfig config) =>
        uint.TryParse(Variable(config, "APP_UID"), NumberStyles.None, CultureInfo.InvariantCulture, out var user) && user != 0 ? $"{user}" : DefaultUser;

    /// <summary>By itself, ASP.NET Core listens where only its own container hears it.</summary>
    private static ContainerConfig Listening(ContainerConfig config)
    {
        if (Variable(config, HttpPorts) is null && Variable(config, "ASPNETCORE_URLS") is null) config = config with { Environment = [.. config.Environment ?? [], $"{HttpPorts}=8080"] };
        if (config.ExposedPorts is { Count: > 0 }) return config;
        var ports = (Variable(config, HttpPorts) ?? "").Split(';').Where(port => ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0).ToArray();
        return ports.Length == 0 ? config : config with { ExposedPorts = [.. ports.Select(port => port + "/tcp")] };
    }

    private static Dictionary<string, string> LabelsOf(IReadOnlyDictionary<string, string>? labels, string title, string version)
    {
        var result = new Dictionary<string, string>(labels?.AsEnumerable() ?? [], StringComparer.Ordinal) { ["org.opencontainers.image.title"] = title };
        // Without its own, the base's version would be taken for the app's.
        result.Remove("org.opencontainers.image.version");
        if (version.Length > 0) result["org.opencontainers.image.version"] = version;
        return result;
    }

    private static string? Variable(ContainerConfig config, string name) =>
        config.Environment?.LastOrDefault(variable => variable.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
