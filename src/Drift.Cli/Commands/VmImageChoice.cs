// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>Which image is deployed, and whether the machine pulls it or gets it over the connection.</summary>
internal sealed class VmImageChoice
{
    private readonly Option<string?> _image = new("--image", "-i") { Description = "The image, for example ghcr.io/me/site:1; or, with --no-registry, any other source", HelpName = "REF" };
    private readonly Option<string?> _noRegistry = new("--no-registry")
    {
        Description = "Send the image over the connection: what a folder builds, oci:DIR[:TAG], an archive, or else what --image names [default: the current folder]",
        HelpName = "SOURCE",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _platform = new("--platform") { Description = "Check before anything else that the image is there for this platform", HelpName = "OS/ARCH" };

    public void AddTo(Command command)
    {
        command.Options.Add(_image);
        command.Options.Add(_noRegistry);
        command.Options.Add(_platform);
    }

    /// <summary>Resolves the image, and opens it. Nothing is sent to a machine before that.</summary>
    public async Task<OpenedVmImage> OpenAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var sends = result.GetResult(_noRegistry) is { Implicit: false };
        var opened = sends ? await OpenToSendAsync(result, host, cancellationToken).ConfigureAwait(false) : await OpenToPullAsync(result, host, cancellationToken).ConfigureAwait(false);
        try
        {
            if (result.GetValue(_platform) is { } platform) await opened.Image.SelectAsync(Platform.Parse(platform), cancellationToken).ConfigureAwait(false);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens an image in a registry, with the credential that a machine needs to pull it.</summary>
    public static async Task<VmImage> OpenAsync(ImageReference reference, ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var registries = host.Registries(result);
        var repository = registries.Open(reference);
        return new VmImage
        {
            Reference = reference.ToString(),
            Source = repository,
            Root = await repository.ResolveAsync(reference.Target, cancellationToken).ConfigureAwait(false),
            Repository = $"{reference.Host}/{reference.Repository}",
            Credential = await registries.FindCredentialAsync(reference.Host, reference.Repository, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<OpenedVmImage> OpenToPullAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        if (result.GetValue(_image) is not { } text) throw new DriftException(ErrorCode.InvalidSetting, "No image is named.", "Name one with --image, or send what a folder builds with --no-registry DIR.");
        if (ImageLocation.Parse(text).Reference is not { } reference) throw new DriftException(ErrorCode.NotSupported, $"{text} is in no registry that a machine could pull from.", "Add --no-registry to send it over the connection.");
        return new OpenedVmImage(await OpenAsync(reference, result, host, cancellationToken).ConfigureAwait(false), reference.Repository.ToString());
    }

    private async Task<OpenedVmImage> OpenToSendAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var named = result.GetValue(_noRegistry);
        var text = named ?? result.GetValue(_image) ?? host.Variable("DRIFT_DIR") ?? ".";
        if (named is not null && result.GetValue(_image) is not null) throw new DriftException(ErrorCode.InvalidSetting, "--image and --no-registry name two images.", "Leave the value of one of them out.");
        if (Directory.Exists(text) && (named is not null || result.GetValue(_image) is null)) return await BuildAsync(text, result, host, cancellationToken).ConfigureAwait(false);
        var location = ImageLocation.Parse(text);
        var origin = await ImageOrigin.OpenAsync(location, host.Registries(result), cancellationToken: cancellationToken).ConfigureAwait(false);
        var name = location.Reference?.Repository.ToString() ?? location.Name?.Split(':')[0] ?? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(location.Path));
        return new OpenedVmImage(new VmImage { Reference = text, Source = origin.Source, Root = origin.Root }, location.Transport == ImageTransport.OciLayout ? Path.GetFileName(Path.TrimEndingDirectorySeparator(location.Path)) : name, origin);
    }

    private static async Task<OpenedVmImage> BuildAsync(string directory, ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var folder = TemporaryDirectory.Create();
        try
        {
            using var settings = new PackSettings(result, host);
            var bases = new BaseImages(settings);
            await using var _ = bases.ConfigureAwait(false);
            var recipe = Recipe.Detect(directory, new RecipeOptions { OpenBase = bases.OpenAsync });
            var layout = Path.Combine(folder.Path, "layout");
            var (index, _, _) = await ImageBuild.RunAsync(recipe, [], ImageLocation.Parse("oci:" + layout), settings, cancellationToken).ConfigureAwait(false);
            return new OpenedVmImage(new VmImage { Reference = directory, Source = OciLayout.Open(layout), Root = index.Descriptor }, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))), folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }
}
