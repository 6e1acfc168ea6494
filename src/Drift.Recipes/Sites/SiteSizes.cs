// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>What a site's pages state, in bytes: the whole executable, and what a registry stores for the platform's image.</summary>
internal readonly record struct SiteSizes(long Binary, long Image);
