// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;

namespace Drift.Cli;

/// <summary>What was deployed to a cluster, or with <c>--dry-run</c> would be: the images, and what became of each object.</summary>
internal sealed record KubernetesDeployReport(IReadOnlyList<ImageResolution> Images, IReadOnlyList<DeployedObject> Objects, bool DryRun);
