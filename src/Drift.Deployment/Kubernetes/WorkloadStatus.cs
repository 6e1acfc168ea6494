// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>A workload that Drift has deployed: what it should run, and what it does run.</summary>
/// <param name="Name">The workload as kubectl names it, for example <c>deployment/site</c>.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Images">The images that it should run.</param>
/// <param name="Running">The images that its pods run, each with the number of pods.</param>
/// <param name="Wanted">How many pods there should be.</param>
/// <param name="Ready">How many pods run the wanted images and are ready.</param>
/// <param name="IsAsWanted">Whether as many pods as wanted are ready, and none runs another image or is of an older template.</param>
/// <param name="Revisions">What it had before, the newest first.</param>
public sealed record WorkloadStatus(
    string Name, string Namespace, IReadOnlyList<string> Images, IReadOnlyDictionary<string, int> Running, int Wanted, int Ready, bool IsAsWanted, IReadOnlyList<RevisionStatus> Revisions);
