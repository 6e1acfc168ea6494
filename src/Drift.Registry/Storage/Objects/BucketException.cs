// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>The object storage refuses, fails or cannot be reached; the SDK has tried again where that may help.</summary>
internal sealed class BucketException(string message, Exception inner) : IOException(message, inner);
