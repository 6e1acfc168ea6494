// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>The images of folders that objects name as <c>drift://PATH</c>: built and pushed, or with <paramref name="isDryRun"/> only built.</summary>
/// <param name="root">The folder that the paths begin at.</param>
/// <param name="repository">Where the images go; null when that was not said.</param>
/// <param name="settings">How they are packed.</param>
/// <param name="registries">Speaks to the registry.</param>
/// <param name="printer">Is told what is built.</param>
/// <param name="isDryRun">Whether nothing is pushed.</param>
internal sealed class FolderImages(string root, string? repository, PackSettings settings, RegistryClient registries, Printer printer, bool isDryRun)
{
    public async Task<ResolvedImage> BuildAsync(string path, CancellationToken cancellationToken)
    {
        if (repository is null) throw new DriftException(ErrorCode.InvalidSetting, $"{ImageResolver.Scheme}{path} is to be built, and nothing says where its image goes.", "Name a repository that the cluster pulls from, with --repository, for example ghcr.io/me/site.");
        var location = ImageLocation.Parse(repository);
        if (location.Reference is not { Digest: null } reference) throw new DriftException(ErrorCode.NotSupported, $"{location} is no repository of a registry.", "Name one with --repository, for example ghcr.io/me/site or ghcr.io/me/site:1.");
        var bases = new BaseImages(settings);
        await using var _ = bases.ConfigureAwait(false);
        var recipe = Recipe.Detect(FolderOf(path), new RecipeOptions { OpenBase = bases.OpenAsync });
        printer.Step($"Building {recipe.Description}");
        var (plan, _) = await ImageBuild.PlanAsync(recipe, [], settings, cancellationToken).ConfigureAwait(false);
        var target = registries.Open(reference);
        using var progress = settings.Progress();
        var index = await plan.PackAsync(isDryRun ? DiscardSink.Instance : new ProgressSink(target, progress), settings.OptionsFor(recipe), cancellationToken).ConfigureAwait(false);
        var digest = index.Descriptor.Digest;
        // A tag of its own keeps what is deployed from being cleaned away when the next one comes.
        var tag = location.NamesImage ? $"{reference.Tag}" : $"deploy-{digest.Hex[..12]}";
        if (!isDryRun) await target.TagAsync(index.Descriptor, tag, cancellationToken).ConfigureAwait(false);
        return new ResolvedImage(path, $"{reference.Host}/{reference.Repository}:{tag}@{digest}", [.. index.Images.Select(image => image.Config.Platform)]);
    }

    /// <summary>The folder that holds everything that belongs together: the first one upwards that Git or Jujutsu knows, or else the current one.</summary>
    public static string RootOf(string? path) =>
        (path is null ? null : SourceCommit.FindRoot(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/")) ?? ".";

    private string FolderOf(string path)
    {
        // Objects may come from anyone, and what is built is published.
        if (path.Length == 0 || Path.IsPathRooted(path) || path.Split('/').Contains("..")) throw new DriftException(ErrorCode.InvalidObjects, $"{ImageResolver.Scheme}{path} leads out of {root}.", "Name a folder below it.");
        return Path.Combine(root, path);
    }
}
