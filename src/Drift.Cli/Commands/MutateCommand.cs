// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift mutate SOURCE --env NAME=value … [--strip PATH] -o DEST</c></summary>
internal sealed class MutateCommand : Command
{
    private readonly ImageChange _change = new();
    private readonly Option<string[]> _entrypoint = List("--entrypoint", "The program and its first arguments, one word each", "WORD");
    private readonly Option<string[]> _command = List("--cmd", "The arguments after the entrypoint, one word each", "WORD");
    private readonly Option<string[]> _environment = List("--env", "A variable to set", "NAME=VALUE");
    private readonly Option<string[]> _labels = List("--label", "A label to set", "NAME=VALUE");
    private readonly Option<string[]> _annotations = List("--annotation", "An annotation of the manifest to set", "NAME=VALUE");
    private readonly Option<string[]> _ports = List("--expose", "A port that the program listens on, besides those there are", "PORT/tcp");
    private readonly Option<string[]> _volumes = List("--volume", "A folder of data, besides those there are", "PATH");
    private readonly Option<string[]> _strip = List("--strip", "A path, or a pattern as in .dockerignore, to take out of the layers", "PATH");
    private readonly Option<string?> _user = Text("--user", "The user, and group after a colon", "UID:GID");
    private readonly Option<string?> _directory = Text("--workdir", "The working directory", "PATH");
    private readonly Option<string?> _stopSignal = Text("--stop-signal", "The signal that asks the program to end", "SIGNAL");
    private readonly Option<string?> _author = Text("--author", "Who made the image", "NAME");

    public MutateCommand(CliHost host)
        : base("mutate", "Change the config and the annotations of an image, and take files out of it; all other layers stay")
    {
        _change.AddTo(this);
        foreach (var option in new Option[] { _entrypoint, _command, _environment, _labels, _annotations, _ports, _volumes, _strip, _user, _directory, _stopSignal, _author }) Options.Add(option);
        SetAction((result, cancellationToken) => _change.RunAsync(result, host, image => Task.FromResult(Mutate(image, result)), cancellationToken));
    }

    private Image Mutate(Image image, ParseResult result)
    {
        image = image.WithConfig(config => (config with
        {
            Entrypoint = Given(_entrypoint) ?? config.Entrypoint,
            Command = Given(_command) ?? config.Command,
            ExposedPorts = Given(_ports) is { } ports ? [.. (config.ExposedPorts ?? []).Union(ports, StringComparer.Ordinal)] : config.ExposedPorts,
            Volumes = Given(_volumes) is { } volumes ? [.. (config.Volumes ?? []).Union(volumes, StringComparer.Ordinal)] : config.Volumes,
            User = result.GetValue(_user) ?? config.User,
            WorkingDirectory = result.GetValue(_directory) ?? config.WorkingDirectory,
            StopSignal = result.GetValue(_stopSignal) ?? config.StopSignal,
        }).WithVariables(Pairs(_environment)).WithLabels(Pairs(_labels)));
        if (Given(_annotations) is not null) image = image.WithAnnotations(With(image.Annotations, Pairs(_annotations)));
        if (Given(_strip) is { } paths) image = image.WithoutFiles(DockerIgnore.Parse(string.Join('\n', paths)));
        return result.GetValue(_author) is { } author ? image.WithAuthor(author) : image;

        string[]? Given(Option<string[]> option) => result.GetValue(option) is { Length: > 0 } values ? values : null;

        IEnumerable<KeyValuePair<string, string>> Pairs(Option<string[]> option) => (Given(option) ?? []).Select(Pair);
    }

    private static SortedDictionary<string, string> With(IReadOnlyDictionary<string, string>? old, IEnumerable<KeyValuePair<string, string>> changes)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in (old ?? new Dictionary<string, string>(StringComparer.Ordinal)).Concat(changes)) values[name] = value;
        return values;
    }

    private static KeyValuePair<string, string> Pair(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? new(text[..equals], text[(equals + 1)..]) : throw new DriftException(ErrorCode.InvalidSetting, $"'{text}' gives no value to a name.", "Write it as NAME=VALUE.");
    }

    private static Option<string[]> List(string name, string description, string help) => new(name) { Description = description + "; may be given several times", HelpName = help };

    private static Option<string?> Text(string name, string description, string help) => new(name) { Description = description, HelpName = help };
}
