// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Which application on which machine, and how it is reached: what all commands for machines take alike.</summary>
internal sealed class VmTarget
{
    private const int LongestName = 40;
    private readonly Option<string?> _name = new("--name") { Description = "The application's name on the machine [default: the last part of the image's name; for what is deployed already, the only one there]", HelpName = "APP" };
    private readonly SshOptions _ssh = new();
    private readonly Option<string> _health = new("--health-path") { Description = "The path that answers 200 when the service is well", HelpName = "PATH", DefaultValueFactory = static _ => "/health" };

    public static Argument<string> Host() => new("HOST") { Description = "The machine as ssh knows it: an alias, user@host or ssh://user@host:port" };

    public void AddTo(Command command)
    {
        command.Options.Add(_name);
        command.Options.Add(_health);
        _ssh.AddTo(command);
    }

    /// <summary>The application's name: the one that is given, or the only one that the machine has.</summary>
    public async Task<string> FindNameAsync(ParseResult result, VirtualMachine machine, CancellationToken cancellationToken) =>
        result.GetValue(_name) is null ? await machine.FindAppAsync(cancellationToken).ConfigureAwait(false) : NameOf(result, "");

    /// <summary>The application's name: the one that is given, or the last part of the image's.</summary>
    public string NameOf(ParseResult result, string image)
    {
        if (result.GetValue(_name) is not { } name)
        {
            name = string.Concat(image.Split('/')[^1].Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')).Trim('-');
            return name.Length is > 0 and <= LongestName ? name : throw Refused(name);
        }
        return name.Length is > 0 and <= LongestName && name[0] != '-' && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? name : throw Refused(name);
    }

    public string HealthPath(ParseResult result) => result.GetRequiredValue(_health) is var path && path.StartsWith('/') && path.Length <= 1000 && path.All(c => c is > ' ' and < '\x7f')
        ? path
        : throw new DriftException(ErrorCode.InvalidSetting, $"'{path}' is not a path.", "Write --health-path as it stands in a URL, for example /health.");

    public Task<VirtualMachine> ConnectAsync(ParseResult result, SshHost host, CancellationToken cancellationToken) =>
        VirtualMachine.ConnectAsync(host, _ssh.Settings(result), cancellationToken);

    private static DriftException Refused(string name) => new(ErrorCode.InvalidSetting, $"'{name}' is not the name of an application.", $"Give --name up to {LongestName} small letters, digits and hyphens.");
}
