// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// The releases of a repository. One is made as a draft, gets its files, and is published when all are there; a draft that an earlier run
/// left goes on where that stopped.
/// </summary>
public sealed class GitHubReleases(GitHubClient client, GitHubRepository repository)
{
    private const int PageSize = 100;
    private const int MaximumPages = 20;
    private const int UploadAttempts = 4;

    private string Path => $"repos/{repository}";

    /// <summary>Finds out what is there for a version.</summary>
    /// <exception cref="DriftException">Its tag names another commit, or the API refuses.</exception>
    public async Task<ReleaseState> ReadAsync(ReleaseVersion version, string commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (await FindTagAsync(version.Tag, cancellationToken).ConfigureAwait(false) is { } tagged && tagged != commit)
        {
            throw new DriftException(ErrorCode.InvalidSetting, $"The tag {version.Tag} of {repository} names the commit {tagged}, not {commit}.", "Release that commit, or take the next version: a tag that was published does not move.");
        }
        var release = await FindReleaseAsync(version.Tag, cancellationToken).ConfigureAwait(false);
        return release is null ? ReleaseState.Absent : release.Draft ? ReleaseState.Draft : ReleaseState.Published;
    }

    /// <summary>Makes the release, or goes on with it, and returns the address of its page. Nothing is done for one that is published and whole.</summary>
    /// <param name="notes">What is released: version, commit and words.</param>
    /// <param name="assets">Its files.</param>
    /// <param name="isLatest">Whether GitHub shows it as the latest one.</param>
    /// <param name="progress">Is told each step.</param>
    /// <param name="cancellationToken">Stops it; what was done stays as a draft.</param>
    /// <exception cref="DriftException">The API refuses, or the release was published with other files.</exception>
    public async Task<string> PublishAsync(ReleaseNotes notes, IReadOnlyList<ReleaseAsset> assets, bool isLatest, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(notes);
        ArgumentNullException.ThrowIfNull(assets);
        var body = new GitHubNewRelease(notes.Version.Tag, notes.Commit, notes.Version.Tag, notes.Text, Draft: true, notes.Version.PreRelease.Count > 0, isLatest ? "true" : "false");
        var release = await FindReleaseAsync(notes.Version.Tag, cancellationToken).ConfigureAwait(false);
        if (release is null)
        {
            progress?.Report($"making the draft {notes.Version.Tag} of {repository}");
            release = await CreateAsync(body, cancellationToken).ConfigureAwait(false);
        }
        foreach (var asset in assets) await UploadAsync(release, asset, progress, cancellationToken).ConfigureAwait(false);
        if (!release.Draft) return release.HtmlUrl;
        progress?.Report($"publishing {notes.Version.Tag}");
        var published = await client.SendAsync(HttpMethod.Patch, string.Create(CultureInfo.InvariantCulture, $"{Path}/releases/{release.Id}"), () => Json(body with { Draft = false }), isRepeatable: true, GitHubJsonContext.Default.GitHubRelease, cancellationToken).ConfigureAwait(false);
        return published.HtmlUrl;
    }

    /// <summary>The commit of a tag; null when there is no such tag.</summary>
    private async Task<string?> FindTagAsync(string tag, CancellationToken cancellationToken)
    {
        var found = (await client.FindAsync($"{Path}/git/ref/tags/{Uri.EscapeDataString(tag)}", GitHubJsonContext.Default.GitHubReference, cancellationToken).ConfigureAwait(false))?.Object;
        // An annotated tag is an object of its own, and may be one of another.
        for (var depth = 0; found is { Type: "tag" } && depth < 8; depth++) found = (await client.FindAsync($"{Path}/git/tags/{found.Sha}", GitHubJsonContext.Default.GitHubReference, cancellationToken).ConfigureAwait(false))?.Object;
        return found?.Sha;
    }

    /// <summary>The release of a tag. A draft is found in the list alone.</summary>
    private async Task<GitHubRelease?> FindReleaseAsync(string tag, CancellationToken cancellationToken)
    {
        if (await client.FindAsync($"{Path}/releases/tags/{Uri.EscapeDataString(tag)}", GitHubJsonContext.Default.GitHubRelease, cancellationToken).ConfigureAwait(false) is { } published) return published;
        for (var page = 1; page <= MaximumPages; page++)
        {
            var releases = await client.FindAsync(string.Create(CultureInfo.InvariantCulture, $"{Path}/releases?per_page={PageSize}&page={page}"), GitHubJsonContext.Default.ListGitHubRelease, cancellationToken).ConfigureAwait(false)
                ?? throw new DriftException(ErrorCode.AccessDenied, $"{client.Address.Host} has no repository {repository}, or does not show it.", "Check its name with --github, and that GITHUB_TOKEN may write its contents.");
            if (releases.Find(release => release.TagName == tag) is { } draft) return draft;
            if (releases.Count < PageSize) break;
        }
        return null;
    }

    /// <summary>Making a release twice makes two drafts: after an answer that was lost, it is looked for.</summary>
    private async Task<GitHubRelease> CreateAsync(GitHubNewRelease body, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(HttpMethod.Post, $"{Path}/releases", () => Json(body), isRepeatable: false, GitHubJsonContext.Default.GitHubRelease, cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException e) when (e.IsTransient)
        {
            return await FindReleaseAsync(body.TagName, cancellationToken).ConfigureAwait(false)
                ?? await client.SendAsync(HttpMethod.Post, $"{Path}/releases", () => Json(body), isRepeatable: false, GitHubJsonContext.Default.GitHubRelease, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Uploads a file unless it is there. What a cut upload left under its name is in the way, and goes first.</summary>
    private async Task UploadAsync(GitHubRelease release, ReleaseAsset asset, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var there = release.Assets?.FirstOrDefault(other => other.Name == asset.Name);
            if (there?.Is(asset) == true) return;
            if (there is { State: "uploaded" } && !release.Draft) throw new DriftException(ErrorCode.ContentMismatch, $"{release.TagName} of {repository} was published with another {asset.Name}.", "Take the next version: what was published does not change.");
            try
            {
                if (there is not null) await client.DeleteAsync(string.Create(CultureInfo.InvariantCulture, $"{Path}/releases/assets/{there.Id}"), cancellationToken).ConfigureAwait(false);
                progress?.Report($"uploading {asset.Name}, {asset.Size.ToString("N0", CultureInfo.InvariantCulture)} B");
                var uploaded = await client.UploadAsync(release.UploadUrl, asset, GitHubJsonContext.Default.GitHubAsset, cancellationToken).ConfigureAwait(false);
                if (uploaded.Is(asset)) return;
            }
            catch (DriftException e) when (e.IsTransient && attempt < UploadAttempts)
            {
                progress?.Report($"{e.Message} Trying again.");
            }
            if (attempt == UploadAttempts) throw new DriftException(ErrorCode.RegistryError, $"{asset.Name} does not arrive whole at {client.Address.Host}.", "Run it again: the draft goes on where it stopped.") { IsTransient = true };
            await client.PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
            release = await FindReleaseAsync(release.TagName, cancellationToken).ConfigureAwait(false) ?? throw new DriftException(ErrorCode.NotFound, $"The draft {release.TagName} of {repository} is gone.", "Run it again.");
        }
    }

    private static ByteArrayContent Json(GitHubNewRelease release) =>
        new(JsonSerializer.SerializeToUtf8Bytes(release, GitHubJsonContext.Default.GitHubNewRelease)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
