// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Distribution;

namespace Drift.Cli;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>How the places are written that an image is read from.</summary>
    public const string Sources = "oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, docker-daemon:NAME, containers-storage:NAME (podman), or a reference in a registry";

    /// <summary>How the places are written that an image goes to.</summary>
    public const string Destinations = "Where to: oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME:TAG], docker-daemon:NAME, containers-storage:NAME (podman), containerd:NAME, or a reference for a registry";

    public static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object instead of text", Recursive = true };

    public static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print results and errors only", Recursive = true };

    public static readonly Option<ProgressMode?> Progress = new ChoiceOption<ProgressMode?>("--progress", ("bars", ProgressMode.Bars), ("json", ProgressMode.Json), ("none", ProgressMode.None))
    {
        Description = "Show how far blobs have come, on standard error: bars, json (one object a line) or none [default: bars on a terminal]",
        Recursive = true,
    };

    public static Argument<string?> Directory() => new("DIR")
    {
        Description = "The folder to build: a project (drift.yaml), a site, a published .NET app, assembly sources or one static ELF [default: $DRIFT_DIR, or the current folder]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<string?> Runtime() => new("--runtime")
    {
        Description = "docker, podman or namespaces [default: the first that works here]",
        HelpName = "NAME",
    };

    public static Option<ImageFormat?> Format() => new ChoiceOption<ImageFormat?>("--format", ("oci", ImageFormat.Oci), ("docker", ImageFormat.Docker))
    {
        Description = "Convert manifests and indexes to the format of oci or of docker (schema 2); layers and config keep their bytes [default: they stay as they are]",
    };

    public static Option<int> Port(int standard = 8080)
    {
        var option = new Option<int>("--port")
        {
            Description = "The port to answer at; 0 takes a free one",
            HelpName = "N",
            DefaultValueFactory = _ => standard,
        };
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return port;
            result.AddError($"'{text}' is not a port: --port takes a number from 1 to 65535, or 0 for a free one.");
            return 0;
        };
        return option;
    }
}
