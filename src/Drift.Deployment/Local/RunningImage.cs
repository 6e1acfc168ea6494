// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>A started image. Disposing stops it, with SIGTERM first, and removes everything that running it made.</summary>
public abstract class RunningImage : IAsyncDisposable
{
    /// <summary>How long a program may take from SIGTERM to its end, as <c>docker stop</c> allows.</summary>
    internal static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Ends with the program, and holds its exit code.</summary>
    public abstract Task<int> Exited { get; }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
