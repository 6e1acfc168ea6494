// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Machines;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>How a machine image is built: what both kinds of <c>drift machine build</c> take alike.</summary>
/// <param name="prefix">What the variables of the cloud begin with.</param>
internal sealed class BuildChoice(string prefix)
{
    private readonly Option<string> _folder = new("--templates") { Description = "The folder with the templates", HelpName = "DIR", DefaultValueFactory = _ => "packer" };
    private readonly Option<string> _name = new("--prefix") { Description = "What the image's name begins with; the time follows", HelpName = "NAME", DefaultValueFactory = _ => "drift-base" };
    private readonly Option<bool> _private = new("--no-public-ip") { Description = "Give the builder no public address: the subnet has another way out, and this machine a way in" };
    private readonly Option<bool> _noImage = new("--no-image") { Description = "Build and check, and make no image" };
    private readonly Option<bool> _tailscale = new("--tailscale") { Description = "Install Tailscale, without bringing it up [default: when TAILSCALE_AUTH_KEY is set]" };
    private readonly TimeOption _timeout = new("--timeout", "How long Packer may take [default: 60m]");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _folder, _name, _private, _noImage, _tailscale, _timeout }) command.Options.Add(option);
    }

    public bool IsPublic(ParseResult result) => !result.GetValue(_private);

    public bool MakesNoImage(ParseResult result) => result.GetValue(_noImage);

    public string NameOf(ParseResult result) => result.GetRequiredValue(_name);

    /// <summary>The settings, with the variables that the templates of both clouds have; a key that is in the environment goes into a file of its own.</summary>
    public async Task<BuildSettings> SettingsAsync(ParseResult result, CliHost host, Dictionary<string, string> variables, TemporaryDirectory secrets, CancellationToken cancellationToken)
    {
        var folder = result.GetRequiredValue(_folder);
        if (!File.Exists(Path.Combine(folder, "plugins.pkr.hcl"))) throw new DriftException(ErrorCode.SourceNotFound, $"{folder} has no plugins.pkr.hcl.", "Run it where packer/ is, or name that folder with --templates.");
        if (host.Variable(prefix + "SSH_PRIVATE_KEY") is { } key)
        {
            variables["ssh_private_key_file"] = Path.Combine(secrets.Path, "key");
            await AtomicFile.WriteAsync(variables["ssh_private_key_file"], System.Text.Encoding.UTF8.GetBytes(key.TrimEnd() + "\n"), cancellationToken, UnixFileMode.UserRead).ConfigureAwait(false);
        }
        if (host.Variable(prefix + "SSH_USERNAME") is { } user) variables["ssh_username"] = user;
        var timeout = result.GetValue(_timeout) ?? TimeSpan.FromMinutes(60);
        variables["git_sha"] = await SourceCommit.FindRevisionAsync(Path.GetFullPath(folder), cancellationToken).ConfigureAwait(false) ?? "unknown";
        variables["with_tailscale"] = result.GetValue(_tailscale) || host.Variable("TAILSCALE_AUTH_KEY") is not null ? "true" : "false";
        return new BuildSettings
        {
            Folder = folder,
            Variables = variables,
            // Half as long again, for Packer to clean up.
            Tag = BuilderTag.NewValue(TimeProvider.System.GetUtcNow() + 1.5 * timeout),
            Timeout = timeout,
        };
    }

    /// <summary>Prints the image's id.</summary>
    public static int Report(ParseResult result, CliHost host, string? image)
    {
        var printer = host.Printer(result);
        printer.Result(new MachineBuildReport(image), static () => OutputJsonContext.Default.MachineBuildReport, () => printer.Line(image ?? "Built and checked; no image was to be made."));
        return ExitCodes.Ok;
    }
}
