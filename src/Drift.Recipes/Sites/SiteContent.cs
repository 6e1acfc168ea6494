// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>A file's body as it is, and what it becomes for clients that take it compressed; null where that saves too little.</summary>
internal sealed record SiteContent(SiteBody Identity, SiteBody? Gzip, SiteBody? Brotli);
