// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>An image as objects name it, and with its digest.</summary>
internal sealed record ImageResolution(string Image, string Resolved);
