// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>A release as GitHub's API shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="TagName">The tag that it is made of, or will make.</param>
/// <param name="Draft">Whether only those who may write see it.</param>
/// <param name="HtmlUrl">Its page.</param>
/// <param name="UploadUrl">Where files are sent to, as a template.</param>
/// <param name="Assets">Its files.</param>
internal sealed record GitHubRelease(long Id, string TagName, bool Draft, string HtmlUrl, string UploadUrl, IReadOnlyList<GitHubAsset>? Assets = null);
